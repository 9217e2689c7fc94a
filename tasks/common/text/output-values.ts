import { escapeCommands, holdsCommand } from './plain-text.ts';

/**
 * An output is one environment variable of every later step: Windows reads at most 32,766 characters of it, Linux starts no
 * process with one of 128 KiB or more.
 */
export const longestOutput = 30_000;

/** A text that is fit to be an output, or why it is not. */
export type OutputText =
  { readonly text: string; readonly problem?: undefined } | { readonly text: ''; readonly problem: string };

/**
 * A value as an output's text: strings as they are, numbers and booleans as text, lists and objects as JSON, null as nothing.
 * Text that Azure Pipelines would change, cut, or obey where a script prints it is no output: a wrong value is worse than none.
 */
export function outputText(value: unknown): OutputText {
  if (value === undefined || value === null) return { text: '' };
  if (typeof value === 'object') return checkLength(outputJson(value));
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (holdsMacro(text)) {
    return { text: '', problem: 'holds $(...), which Azure Pipelines would replace by a variable' };
  }
  if (holdsCommand(text)) {
    return { text: '', problem: 'holds a command of the agent, which a step that prints it would run' };
  }
  return checkLength(text);
}

/** What the agent would replace by the value of a variable, in every step after the one that set the output. */
function holdsMacro(text: string): boolean {
  const start = text.indexOf('$(');
  return start >= 0 && text.includes(')', start);
}

/** JSON in which the agent finds nothing to replace or to obey: `$(` and `##vso[` are written with an escape that means the same. */
export function outputJson(value: unknown): string {
  return escapeCommands(JSON.stringify(value)).replaceAll('$(', '\\u0024(');
}

function checkLength(text: string): OutputText {
  if (text.length <= longestOutput) return { text };
  return {
    text: '',
    problem: `has ${text.length} characters, and an output variable holds ${longestOutput}`,
  };
}
