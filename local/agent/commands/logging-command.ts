import type { StepContext } from '../state/step-context.ts';

/** A `##vso[area.event key=value;…]data` line. Area, event and keys are lower case. */
export interface LoggingCommand {
  readonly area: string;
  readonly event: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

const prefix = '##vso[';

const unescape = (text: string) =>
  text
    .replaceAll('%3B', ';')
    .replaceAll('%0D', '\r')
    .replaceAll('%0A', '\n')
    .replaceAll('%5D', ']')
    .replaceAll('%AZP25', '%');

/** The command in a line, wherever it begins; nothing when there is none or it cannot be read. */
export function parseLoggingCommand(line: string): LoggingCommand | undefined {
  const start = line.toLowerCase().indexOf(prefix);
  const end = start < 0 ? -1 : line.indexOf(']', start);
  if (end < 0) return undefined;
  const header = line.slice(start + prefix.length, end);
  const space = header.indexOf(' ');
  const name = space < 0 ? header : header.slice(0, space);
  const match = /^([^.]+)\.([^.]+)$/.exec(name);
  if (match === null) return undefined;
  return {
    area: (match[1] ?? '').toLowerCase(),
    event: (match[2] ?? '').toLowerCase(),
    properties: space < 0 ? {} : parseProperties(header.slice(space + 1)),
    data: unescape(line.slice(end + 1)),
  };
}

function parseProperties(text: string): Record<string, string> {
  const pairs = text.split(';').flatMap((part) => {
    const at = part.indexOf('=');
    const value = at < 0 ? '' : part.slice(at + 1).trim();
    return value === '' ? [] : [[part.slice(0, at).trim().toLowerCase(), unescape(value)]];
  });
  return Object.fromEntries(pairs) as Record<string, string>;
}

/** Carries a command out. What it throws becomes an error of the step, which then fails. */
export type CommandHandler = (step: StepContext, command: LoggingCommand) => void;
