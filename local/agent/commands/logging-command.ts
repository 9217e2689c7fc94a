import type { StepContext } from '../state/step-context.ts';

/** A `##vso[area.event key=value;…]data` line. Area, event and keys are lower case. */
export interface LoggingCommand {
  readonly area: string;
  readonly event: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

const prefix = '##vso[';

/** What stands for a sign inside a command; the percent sign is escaped first and unescaped last: CommandStringConvertor.cs. */
const escapes = Object.entries({ ';': '%3B', '\r': '%0D', '\n': '%0A', ']': '%5D', '%': '%AZP25' });

const unescape = (text: string) =>
  escapes.reduce((result, [sign, escaped]) => result.replaceAll(escaped, sign), text);

/** Text as it stands inside a command. */
export const escapeData = (text: string): string =>
  escapes.toReversed().reduce((result, [sign, escaped]) => result.replaceAll(sign, escaped), text);

/** The command in a line, wherever it begins; nothing when there is none or it cannot be read: Command.cs, TryParse. */
export function parseLoggingCommand(line: string): LoggingCommand | undefined {
  const start = line.indexOf(prefix);
  const end = start < 0 ? -1 : line.indexOf(']', start);
  if (end < 0) return undefined;
  const header = line.slice(start + prefix.length, end);
  const [name = ''] = header.split(' ', 1);
  const [area, event, ...rest] = name.split('.').filter((part) => part !== '');
  if (area === undefined || event === undefined || rest.length > 0) return undefined;
  return {
    area: area.toLowerCase(),
    event: event.toLowerCase(),
    properties: parseProperties(header.slice(name.length + 1)),
    data: unescape(line.slice(end + 1)),
  };
}

/** Neither names nor values are trimmed; what has no value is dropped. */
function parseProperties(text: string): Record<string, string> {
  const pairs = text.split(';').flatMap((part) => {
    const [, key, value] = /^=*([^=]+)=+(.+)$/s.exec(part) ?? [];
    return key === undefined || value === undefined ? [] : [[key.toLowerCase(), unescape(value)]];
  });
  return Object.fromEntries(pairs) as Record<string, string>;
}

/** Carries a command out. What it throws becomes an error of the step, which then fails. */
export type CommandHandler = (step: StepContext, command: LoggingCommand) => void;
