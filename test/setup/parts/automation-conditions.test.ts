import assert from 'node:assert/strict';
import { jq } from '../../../local/port/actions/jq.ts';
import { recordOf } from '../../../setup/json.ts';
import { approvalAutomations } from '../../../setup/parts/approvals/definitions.ts';
import { netAutomations } from '../../../setup/parts/net/endings.ts';
import { progressAutomations } from '../../../setup/parts/net/progress.ts';

interface Change {
  readonly portRunId?: string;
  readonly identifier?: string;
}

/** Whether an automation starts for a change that has all it looks for: an end, a progress, a decision. */
async function starts(
  definition: unknown,
  { portRunId, identifier = 'ado_p_1_2' }: Change,
): Promise<boolean> {
  const { expressions } = recordOf(recordOf(recordOf(definition).trigger).condition);
  assert.ok(Array.isArray(expressions));
  const isKept = recordOf(definition).identifier === 'azure_pipeline_run_kept';
  const progress = { progressOf: { at: '2026-01-02', stage: 'a', stageOrder: 12, job: '', jobOrder: 0 } };
  const entity = (properties: object) => ({ identifier, properties });
  const late = { ...progress.progressOf, at: '2026-01-01', stage: 'b' };
  const news = { ...progress, finishedAt: '2026-01-01', decision: 'approved', decisionLabel: 'approved' };
  const diff = isKept
    ? { before: entity(progress), after: entity({ progressOf: late }) }
    : { before: entity({}), after: entity({ ...news, portRunId }) };
  const results = await Promise.all((expressions as string[]).map((each) => jq(each, { diff })));
  return results.every((result) => result === true);
}

const all = [...netAutomations, ...progressAutomations, ...approvalAutomations];

describe('The automations of net, progress and approvals', () => {
  for (const { identifier, definition } of all) {
    const ofNode = identifier.includes('node');
    const runId = ofNode ? 'wfnr_Ab12' : 'r_Ab12';
    if (identifier === 'azure_pipeline_run_kept') {
      it(`start for the entities of the mapping alone (${identifier})`, async () => {
        assert.equal(await starts(definition('https://port'), {}), true);
        for (const other of ['ado_/../../team/entities/x', 'x', 'ado_p\n/../x'])
          assert.equal(await starts(definition('https://port'), { identifier: other }), false, other);
      });
    } else {
      it(`start for an id of their kind, and for nothing that leads their call elsewhere (${identifier})`, async () => {
        assert.equal(await starts(definition('https://port'), { portRunId: runId }), true);
        const other = ofNode ? 'r_Ab12' : 'wfnr_Ab12';
        for (const wrong of [other, `${runId}/../../x`, `${runId}?x=y`, `${runId}\n`, `${runId}\n/../x`, ' '])
          assert.equal(await starts(definition('https://port'), { portRunId: wrong }), false, wrong);
      });
    }
  }
});
