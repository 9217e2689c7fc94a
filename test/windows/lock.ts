import koffi from 'koffi';

const shareRead = 1;
const read = 0x8000_0000;
const openExisting = 3;

/** Opens a file as another program does that lets nobody write, rename or delete it meanwhile; gives what closes it. */
export function lockFile(path: string): () => void {
  const kernel = koffi.load('kernel32.dll');
  const createFile = kernel.func(
    'intptr_t __stdcall CreateFileW(str16 path, uint32_t access, uint32_t share, void *security, uint32_t how, uint32_t flags, void *template)',
  ) as (...args: unknown[]) => number;
  const closeHandle = kernel.func('bool __stdcall CloseHandle(intptr_t handle)') as (
    handle: number,
  ) => boolean;
  const handle = createFile(path, read, shareRead, null, openExisting, 0, null);
  if (handle === -1) throw new Error(`${path} cannot be opened`);
  return () => void closeHandle(handle);
}
