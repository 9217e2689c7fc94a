import assert from 'node:assert/strict';
import { faultsOfActions, faultsOfEntries } from '../../../setup/parts/pipelines/webhook-filters.ts';

type Things = Parameters<typeof faultsOfEntries>[0];

/** As the only pipeline has them. */
const faultsOfFilters = (entries: Things, actions: Things) => [
  ...faultsOfEntries(entries, actions),
  ...faultsOfActions([{ name: 'deploy', entries }], actions),
];

const action = (identifier: string, context: Record<string, unknown> = {}) => ({
  identifier,
  invocationMethod: {
    type: 'AZURE_DEVOPS',
    payload: {
      properties: { service: '{{ .inputs.service }}' },
      port_context: { runId: '{{ .run.id }}', action: '{{ .action.identifier }}', ...context },
    },
  },
});

const entry = (alias: string, ...filters: [path: string, value: string][]) => ({
  webhook: alias,
  connection: 'port-webhook',
  filters: filters.map(([path, value]) => ({ path, value })),
});

const byAction = (alias: string, value: string) => entry(alias, ['port_context.action', value]);

describe('webhook filters of a pipeline', () => {
  it('are right where each action of the file has an entry of its own', () => {
    const entries = [byAction('create', 'create_environment'), byAction('extend', 'extend_environment')];
    assert.deepEqual(
      faultsOfFilters(entries, [action('create_environment'), action('extend_environment')]),
      [],
    );
  });

  it('are right where the payload has a word of its own for the action', () => {
    const deploy = action('deploy', { kind: 'deployment' });
    assert.deepEqual(faultsOfFilters([entry('port', ['port_context.kind', 'deployment'])], [deploy]), []);
  });

  it('are right where further filters depend on the form', () => {
    const filters = entry('port', ['port_context.action', 'deploy'], ['properties.service', 'checkout']);
    assert.deepEqual(faultsOfFilters([filters], [action('deploy')]), []);
  });

  it('are wrong where an entry has none, or none on the action, and the lines to add are given', () => {
    for (const open of [entry('port'), entry('port', ['properties.service', 'checkout'])]) {
      const [fault, ...others] = faultsOfFilters([open], [action('deploy')]);
      assert.equal(
        fault,
        'the entry webhook: port has no filter on the action, so that every action of the webhook starts this pipeline. Add filters: [{path: port_context.action, value: deploy}].',
      );
      assert.deepEqual(others, []);
    }
  });

  it('are wrong where they name no action of the file', () => {
    const [fault, ...others] = faultsOfFilters([byAction('port', 'deploi')], [action('deploy')]);
    assert.match(
      String(fault),
      /^the filters of the entry webhook: port let none of the file's actions in\. Add/,
    );
    assert.deepEqual(others, ['no entry lets the action deploy in, so that it starts nothing']);
  });

  it('are wrong where one of two actions has no entry', () => {
    assert.deepEqual(faultsOfFilters([byAction('port', 'deploy')], [action('deploy'), action('roll_back')]), [
      'no entry lets the action roll_back in, so that it starts nothing',
    ]);
  });

  it('are told with what the payload lacks, where it does not say which action it is', () => {
    const silent = action('deploy', { action: undefined });
    for (const entries of [[entry('port')], [byAction('port', 'deploy')]])
      assert.match(
        String(faultsOfFilters(entries, [silent])[0]),
        /Add "action": "\{\{ \.action\.identifier \}\}" to port_context in the payload of deploy, and add filters: \[\{path: port_context\.action, value: deploy\}\]\.$/,
      );
  });

  it('are looked for in the body of an action that calls the webhook by its address', () => {
    const call = {
      identifier: 'deploy',
      invocationMethod: { type: 'WEBHOOK', body: { port_context: { action: 'deploy' } } },
    };
    assert.deepEqual(faultsOfFilters([byAction('port', 'deploy')], [call]), []);
  });
});
