import type { TaskContext } from '../common/main.ts';
import { setPicks } from '../common/outputs/pick.ts';
import { attachSummary } from '../common/outputs/summary.ts';
import type { StoredEntity } from '../common/port/entities/get-entity.ts';
import { entityPage } from '../common/port/pages.ts';
import { cleanerOf } from '../common/port/session.ts';
import { markdownLink, markdownText } from '../common/text/markdown.ts';
import { outputJson } from '../common/text/output-values.ts';
import type { SearchInputs } from './inputs.ts';
import type { SearchResult } from './search-result.ts';

interface OutputOptions {
  readonly found: SearchResult;
  /** The file with all that was found. */
  readonly path: string;
  readonly appUrl: string;
}

/** Sets the outputs, all of them also where nothing was found, and shows the summary. */
export function setOutputs(
  context: TaskContext,
  inputs: SearchInputs,
  { found, path, appUrl }: OutputOptions,
): void {
  const { host } = context;
  const { count, identifiers, matrix, first } = found;
  host.setOutput('count', String(count));
  host.setOutput('identifiers', outputJson(identifiers));
  host.setOutput('matrix', matrix.json);
  host.setOutput('resultFile', path);
  if (identifiers.length < count) {
    host.warning(
      `Output identifiers has the first ${identifiers.length} of ${count}: a variable holds no more. All are in the file ${path} (output resultFile).`,
    );
  }
  if (matrix.json === '' && count > 0)
    host.info('Output matrix is empty: what was found is more than a matrix takes.');
  setPicks(host, inputs.picks, { noun: 'entity', value: first, file: path });
  if (inputs.isSummaryWanted)
    attachSummary(host, cleanerOf(context, inputs)(summaryOf(inputs, found, appUrl)));
}

function summaryOf({ blueprint }: SearchInputs, { count, shown }: SearchResult, appUrl: string): string {
  const rows = shown.map((entity) => `| ${linkTo(entity, blueprint, appUrl)} | ${cell(entity.title)} |`);
  const heading = `Found ${count} ${count === 1 ? 'entity' : 'entities'}${blueprint === undefined ? '' : ` of ${markdownText(blueprint)}`}.`;
  if (rows.length === 0) return `${heading}\n`;
  const more = count > shown.length ? [`\n… and ${count - shown.length} more.`] : [];
  return [heading, '', '| Entity | Title |', '| --- | --- |', ...rows, ...more, ''].join('\n');
}

function linkTo(entity: StoredEntity, blueprint: string | undefined, appUrl: string): string {
  const { identifier, blueprint: own } = entity;
  const owner = typeof own === 'string' ? own : blueprint;
  if (typeof identifier !== 'string') return '';
  return owner === undefined
    ? markdownText(identifier)
    : markdownLink(identifier, entityPage(appUrl, owner, identifier));
}

function cell(value: unknown): string {
  return typeof value === 'string' ? markdownText(value) : '';
}
