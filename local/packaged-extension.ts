import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The .vsix that `npm run package` makes. */
export function packagedExtension(): string {
  const root = join(import.meta.dirname, '..');
  const { id, version } = JSON.parse(readFileSync(join(root, 'vss-extension.json'), 'utf8')) as {
    id: string;
    version: string;
  };
  return join(root, 'dist', `${id}-${version}.vsix`);
}
