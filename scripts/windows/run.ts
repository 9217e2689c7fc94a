import { runMocha, whyNoWine } from './wine.ts';

/** `npm run windows -- FILE…`: runs mocha with these arguments on Windows' Node 24, under Wine. */

const problem = whyNoWine();
if (problem === undefined) {
  const { exitCode, output } = await runMocha(process.argv.slice(2));
  process.stdout.write(output);
  process.exitCode = exitCode ?? 1;
} else {
  console.error(`Not run: ${problem}. bash scripts/windows/install.sh installs what is needed on Debian.`);
  process.exitCode = 1;
}
