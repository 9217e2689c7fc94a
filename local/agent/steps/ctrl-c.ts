import koffi from 'koffi';

/**
 * `node ctrl-c.ts PID`, on Windows: presses Ctrl+C in the console of a process. It is a process of its own, since a
 * process has one console only, and must not hear the Ctrl+C itself.
 */

const kernel = koffi.load('kernel32.dll');
const freeConsole = kernel.func('bool __stdcall FreeConsole()');
const attachConsole = kernel.func('bool __stdcall AttachConsole(uint32_t processId)');
const setHandler = kernel.func('bool __stdcall SetConsoleCtrlHandler(void *handler, bool add)');
const generateEvent = kernel.func('bool __stdcall GenerateConsoleCtrlEvent(uint32_t event, uint32_t group)');

freeConsole();
// No handler, added: Ctrl+C is ignored here.
if (!attachConsole(Number(process.argv[2])) || !setHandler(null, true) || !generateEvent(0, 0))
  process.exitCode = 1;
