import { oneLine } from './plain-text.ts';

/** Text for a Markdown line or table cell: one line, with everything that Markdown or HTML would act on escaped. */
export function markdownText(text: string, limit = 200): string {
  return oneLine(text, limit)
    .replace(/[\\`*_{}[\]()#+!|~-]/g, '\\$&')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/:\/\//g, ':&#47;&#47;')
    .replace(/@/g, '&#64;')
    .replace(/www\./gi, (www) => `${www.slice(0, 3)}&#46;`);
}

/** A link, where the URL is http(s); else its text alone. */
export function markdownLink(text: string, url: string | undefined): string {
  if (url === undefined || !isWebUrl(url)) return markdownText(text);
  return `[${markdownText(text)}](<${new URL(url).href.replace(/[<>|`\\]/g, encodeURIComponent)}>)`;
}

export function isWebUrl(url: string): boolean {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
}
