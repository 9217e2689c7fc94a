import type { TaskContext } from '../common/main.ts';
import { pickedValue, setPicks } from '../common/outputs/pick.ts';
import { type SummaryRow, attachSummary, summaryTable } from '../common/outputs/summary.ts';
import type { StoredEntity } from '../common/port/entities/get-entity.ts';
import { cleanerOf } from '../common/port/session.ts';
import { markdownLink, markdownText } from '../common/text/markdown.ts';
import { outputText } from '../common/text/output-values.ts';
import { oneLine } from '../common/text/plain-text.ts';
import { entityOutput } from './entity-output.ts';
import type { GetInputs } from './inputs.ts';

interface GetResult {
  readonly entity: StoredEntity | undefined;
  readonly file: string;
  readonly url: string;
}

/** Sets the outputs, all of them also where there is no entity, and shows the summary. */
export function setOutputs(context: TaskContext, inputs: GetInputs, { entity, file, url }: GetResult): void {
  const { host } = context;
  const { json, leftOut } = entity === undefined ? { json: '', leftOut: [] } : entityOutput(entity);
  host.setOutput('found', String(entity !== undefined));
  host.setOutput('entity', json);
  host.setOutput('entityUrl', entity === undefined ? '' : url);
  host.setOutput('resultFile', file);
  if (leftOut.length > 0) {
    const names = leftOut.map((name) => oneLine(name, 60)).join(', ');
    host.warning(
      `The entity is too long for an output variable: output entity is without ${names}. It is whole in the file ${file} (output resultFile).`,
    );
  }
  setPicks(host, inputs.picks, { noun: 'entity', value: entity, file });
  if (inputs.isSummaryWanted) attachSummary(host, cleanerOf(context, inputs)(summaryOf(inputs, entity, url)));
}

function summaryOf(inputs: GetInputs, entity: StoredEntity | undefined, url: string): string {
  const { blueprint, identifier, picks } = inputs;
  const shown =
    entity === undefined ? `${markdownText(identifier)} (not found)` : markdownLink(identifier, url);
  const picked = picks.map(({ name, path }): SummaryRow => {
    return [markdownText(name), markdownText(outputText(pickedValue(entity, path)).text)];
  });
  return summaryTable([[markdownText(blueprint), shown], ...picked]);
}
