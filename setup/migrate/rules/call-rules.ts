import { type PortCall, isReport } from '../calls.ts';
import type { Script } from '../read/scripts.ts';
import { isMap, isTrue, textOf, unknownsIn } from '../read/value.ts';
import { type Calls, type Rule, perLine } from './rule.ts';

const updates = ({ calls }: Calls): PortCall[] => calls.filter(isReport);

/** Whether a call says, or may say, this end of the run. */
function reports({ body, script }: PortCall, status: string): boolean {
  const said = isMap(body) ? (body.status ?? body.terminationStatus) : undefined;
  if (said === undefined || said === null)
    return body !== undefined && !isMap(body) && script.text.includes(status);
  const text = textOf(said);
  return unknownsIn(text).length > 0 || /\$[({]/.test(text) || text.toUpperCase() === status;
}

const successOnly: Rule = (pipeline) => {
  const [first] = updates(pipeline).filter((call) => reports(call, 'SUCCESS'));
  if (first === undefined || updates(pipeline).some((call) => reports(call, 'FAILURE'))) return [];
  return [
    {
      line: first.line,
      message: 'Only SUCCESS is reported: a run that fails stays in progress for ever.',
    },
  ];
};

const noCancel: Rule = (pipeline) => {
  const failing = updates(pipeline).filter((call) => reports(call, 'FAILURE'));
  const [first] = failing;
  if (first === undefined || failing.some(({ script }) => /always\(\)|canceled\(\)/i.test(script.condition)))
    return [];
  return [
    {
      line: first.line,
      message:
        'A cancel is not reported: failed() and succeededOrFailed() are false then, and the run stays in progress.',
    },
  ];
};

/** PUT is meant to replace, and says so. */
const noMerge: Rule = ({ calls }) =>
  calls
    .filter(({ kind, query }) => kind === 'writeEntity' && isTrue(query.upsert) && !isTrue(query.merge))
    .map(({ line }) => ({
      line,
      message: 'upsert without merge replaces the whole entity: what is not sent is lost.',
    }));

const isUpdate = ({ text }: Script): boolean => text.includes('actions/runs/');

const deprecatedMessage = perLine(
  'The key "message" of a run is deprecated; send log lines and a status label.',
  (line, script) => isUpdate(script) && /["']message["']\s*:\s*\{/.test(line),
);

const inProgress = perLine(
  'Port refuses IN_PROGRESS as a status: a run is in progress from its start.',
  (line, script) => isUpdate(script) && /["']?status["']?\s*[:=]\s*["']IN_PROGRESS["']/.test(line),
);

/** Mistakes in what calls say to Port. */
export const callRules: Readonly<Record<string, Rule>> = {
  'success-only': successOnly,
  'no-cancel': noCancel,
  'no-merge': noMerge,
  'deprecated-message': deprecatedMessage,
  'status-in-progress': inProgress,
};
