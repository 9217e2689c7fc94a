import { type Value, isMap, textOf, unknown } from '../../read/value.ts';
import type { Node } from '../grammars.ts';
import type { Request } from '../request.ts';

/** Parameters of a command by name, in lower case; the first without a name as "". */
export type Parameters = Readonly<Record<string, Value>>;

/** @param splatted the variable of `@name` */
export function namedParameters(
  elements: readonly Node[],
  valueOf: (node: Node) => Value,
  splatted: (name: string) => Value | undefined,
): Parameters {
  const given: Record<string, Value> = {};
  for (let at = 0; at < elements.length; at += 1) {
    const node = elements[at];
    const next = elements[at + 1];
    if (node?.type === 'command_parameter') {
      const isSwitch = next === undefined || next.type === 'command_parameter';
      given[node.text.slice(1).replace(/:$/, '').toLowerCase()] = isSwitch ? true : valueOf(next);
      if (!isSwitch) at += 1;
    } else if (node !== undefined && /^@\w+$/.test(node.text))
      Object.assign(given, spread(node.text, splatted(node.text.slice(1))));
    else if (node !== undefined) given[''] ??= valueOf(node);
  }
  return given;
}

function spread(name: string, value: Value | undefined): Parameters {
  if (!isMap(value)) return { uri: unknown(name) };
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key.toLowerCase(), each]));
}

/** What `Invoke-RestMethod` sends. @param input what a pipe gives it */
export function requestOf(
  named: Parameters,
  input: Value | undefined,
): Pick<Request, 'method' | 'url' | 'query' | 'body' | 'bodyFile'> {
  // A parameter's name may be cut short as long as it is the only one that begins so.
  const parameter = (name: string): Value | undefined =>
    Object.entries(named).find(([key]) => key.length > 2 && name.startsWith(key))?.[1];
  const file = parameter('infile');
  const content = file === undefined ? undefined : unknown(`the content of ${textOf(file)}`);
  return {
    method: textOf(parameter('method') ?? 'GET').toUpperCase(),
    url: textOf(parameter('uri') ?? named['']),
    query: {},
    body: parameter('body') ?? input ?? content,
    bodyFile: file === undefined ? undefined : textOf(file),
  };
}
