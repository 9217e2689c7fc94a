import { type PortCall, type ReadScript, mentionsPort } from '../calls.ts';
import type { Script } from '../read/scripts.ts';

/** A known mistake, at a line of the file. */
export interface Mistake {
  readonly rule: string;
  readonly line: number;
  readonly message: string;
}

export interface Calls {
  readonly scripts: readonly ReadScript[];
  readonly calls: readonly PortCall[];
}

/** Finds one kind of mistake; its name stands in the table of rules. */
export type Rule = (pipeline: Calls) => Omit<Mistake, 'rule'>[];

/** The scripts that talk to Port. */
export const talking = ({ scripts }: Calls): readonly Script[] =>
  scripts
    .filter(({ calls, script }) => calls.length > 0 || mentionsPort(script.text))
    .map(({ script }) => script);

/** A place in a script; where it stands in a file of its own, the line of the step that runs it. */
export function at({ firstLine, file }: Script, index: number, message: string): Omit<Mistake, 'rule'> {
  if (file === undefined) return { line: firstLine + index, message };
  return { line: firstLine, message: `${file}, line ${index + 1}: ${message}` };
}

/** A mistake that a line of a script that talks to Port shows by itself. */
export function perLine(message: string, isMistaken: (line: string, script: Script) => boolean): Rule {
  return (pipeline) =>
    talking(pipeline).flatMap((script) =>
      script.text
        .split('\n')
        .flatMap((line, index) => (isMistaken(line, script) ? [at(script, index, message)] : [])),
    );
}
