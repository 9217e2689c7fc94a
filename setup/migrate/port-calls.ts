import type { Script } from './scripts.ts';

/** A call to Port's API in a script. */
export interface PortCall {
  readonly kind: 'token' | 'updateRun' | 'log' | 'writeEntity' | 'other';
  readonly line: number;
  /** The route as it is written, variables and all. */
  readonly route: string;
  readonly script: Script;
}

const routes: readonly (readonly [PortCall['kind'], RegExp])[] = [
  ['token', /\/auth\/access_token/],
  ['log', /\/actions\/runs\/[^"'\n]*\/logs/],
  ['updateRun', /\/actions\/runs\/[^"'\s?]*/],
  ['writeEntity', /\/blueprints\/[^/"'\n]+\/entities/],
];

const host = /api\.(?:us\.)?(?:get)?port\.io/;
const address = new RegExp(
  String.raw`(?:https?://[^\s"'/]*|\b${host.source})?/v1/[^"'\n]*|${host.source}[^"'\n]*`,
);

/** Template expressions hold quotes and blanks; without them a route can be read to its end. */
const close = (text: string): string =>
  text.replace(/\$\{\{\s*(.*?)\s*\}\}/g, (_all, inner: string) => `\${{${inner.replace(/['"\s]/g, '')}}}`);

function kindOf(route: string): PortCall['kind'] {
  return routes.find(([, pattern]) => pattern.test(route))?.[0] ?? 'other';
}

/** Whether the text talks to Port at all: by its host, or by a route that only Port has. */
export const mentionsPort = (text: string): boolean =>
  host.test(text) ||
  /\/v1\/(?:auth\/access_token|actions\/runs\/|blueprints\/)/.test(text) ||
  /InvokeRESTAPI.*port/i.test(text);

export function callsOf(script: Script): PortCall[] {
  if (!mentionsPort(script.text)) return [];
  return script.text.split('\n').flatMap((text, index): PortCall[] => {
    const route = address.exec(close(text))?.[0];
    if (!route?.includes('v1/')) return [];
    return [{ kind: kindOf(route), line: script.firstLine + index, route, script }];
  });
}
