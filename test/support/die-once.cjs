// Loaded by --require: ends the first process that has this mark, before a line of its own, as an out-of-memory killer would.
const { existsSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

const mark = join(tmpdir(), `die-once-${process.env.DIE_ONCE}`);
if (process.env.DIE_ONCE !== undefined && !existsSync(mark)) {
  writeFileSync(mark, '');
  process.kill(process.pid, 'SIGKILL');
}
