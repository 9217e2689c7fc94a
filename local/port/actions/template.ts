import type { JsonObject } from '../model.ts';
import { jq } from './jq.ts';

const WHOLE = /^\s*\{\{((?:(?!\}\}).)*)\}\}\s*$/s;
const PART = /\{\{((?:(?!\}\}).)*)\}\}/gs;

/** Fills in the `{{ JQ }}` of a payload as Port does: a text that is one template takes the type of its value. */
export async function fillTemplate(template: unknown, data: JsonObject): Promise<unknown> {
  if (typeof template === 'string') return fillText(template, data);
  if (Array.isArray(template)) return Promise.all(template.map((item) => fillTemplate(item, data)));
  if (typeof template !== 'object' || template === null) return template;
  const filled: JsonObject = {};
  for (const [key, value] of Object.entries(template)) {
    if (key.includes('spreadValue()')) throw new Error('The local Port does not know spreadValue()');
    filled[await fillString(key, data)] = await fillTemplate(value, data);
  }
  return filled;
}

async function fillText(text: string, data: JsonObject): Promise<unknown> {
  const whole = WHOLE.exec(text);
  return whole?.[1] === undefined ? fillString(text, data) : jq(whole[1], data);
}

/** The same for texts that must stay text: URLs, headers, names. */
export async function fillString(text: string, data: JsonObject): Promise<string> {
  let filled = '';
  let end = 0;
  for (const match of text.matchAll(PART)) {
    const value = await jq(match[1] ?? '', data);
    filled +=
      text.slice(end, match.index) + (typeof value === 'string' ? value : JSON.stringify(value ?? null));
    end = match.index + match[0].length;
  }
  return filled + text.slice(end);
}
