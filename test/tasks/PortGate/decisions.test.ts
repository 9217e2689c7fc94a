import assert from 'node:assert/strict';
import { type GateSetting, asked, openIncidents, startGateSetting } from './setting.ts';

interface Case {
  readonly when: string;
  /** Absent: it is not in Port. */
  readonly service?: Readonly<Record<string, unknown>>;
  readonly incidents?: readonly (readonly [title: string, status: string])[];
  readonly inputs: Readonly<Record<string, string>>;
  readonly reasons: readonly string[];
  readonly label?: string;
}

const level = (wanted: string) => ({ requireLevels: `readiness ${wanted}` });
const owned = { owner: 'shop', slo: 1 };
const ownerFails = '"Has an owner" (Bronze): Name a team in Port';
const sloFails = '"Has an SLO" (Gold)';
const notEvaluated =
  'Scorecard Production readiness does not evaluate this entity: its filter leaves it out, or the credentials may not see it. ' +
  'Set ifNotEvaluated to pass where that is no reason to stop.';
const missing =
  'There is no service "checkout" in Port. Set ifMissing to pass where that is no reason to stop.';

const cases: readonly Case[] = [
  { when: 'the level is held', service: owned, inputs: level('>= Gold'), reasons: [] },
  { when: 'a higher level is held', service: owned, inputs: level('>= Bronze'), reasons: [] },
  {
    when: 'the level is below, with every rule that fails up to the one that is wanted',
    service: {},
    inputs: level('>= Gold'),
    reasons: [
      `Scorecard Production readiness is at level Basic, and Gold is wanted. Failing up to Gold: ${ownerFails}; ${sloFails}.`,
    ],
    label: 'Stopped: Checkout is Basic in Production readiness, not Gold',
  },
  {
    when: 'rules above the wanted level fail as well, which are not named',
    service: {},
    inputs: level('>= Silver'),
    reasons: [
      `Scorecard Production readiness is at level Basic, and Silver is wanted. Failing up to Silver: ${ownerFails}.`,
    ],
  },
  {
    when: 'exactly one level is wanted, and a higher one is held',
    service: owned,
    inputs: level('= Silver'),
    reasons: ['Scorecard Production readiness is at level Gold, and exactly Silver is wanted.'],
  },
  { when: 'exactly the level is held', service: { owner: 'shop' }, inputs: level('= Silver'), reasons: [] },
  {
    when: 'the scorecard does not evaluate it',
    service: { owner: 'free' },
    inputs: level('>= Basic'),
    reasons: [notEvaluated],
    label: 'Stopped: Checkout is not evaluated by Production readiness',
  },
  {
    when: 'the scorecard does not evaluate it, and that is no reason',
    service: { owner: 'free' },
    inputs: { ...level('>= Gold'), ifNotEvaluated: 'pass' },
    reasons: [],
  },
  { when: 'the rule passes', service: owned, inputs: { requireRules: 'readiness: hasSlo' }, reasons: [] },
  {
    when: 'the rule fails',
    service: { owner: 'shop' },
    inputs: { requireRules: 'readiness: hasSlo' },
    reasons: [`Rule ${sloFails} of scorecard Production readiness fails.`],
    label: 'Stopped: Checkout fails the rule Has an SLO',
  },
  {
    when: 'the rule is not evaluated',
    service: { owner: 'free' },
    inputs: { requireRules: 'readiness: hasSlo' },
    reasons: [notEvaluated],
  },
  {
    when: 'the lock was never set',
    service: {},
    inputs: { conditions: 'properties.locked != true' },
    reasons: [],
  },
  {
    when: 'the lock is off, and an old reason is there',
    service: { locked: false, why: 'old' },
    inputs: { conditions: 'properties.locked != true | reason: properties.why' },
    reasons: [],
  },
  {
    when: 'it is locked',
    service: { locked: true, why: 'Freeze until Monday' },
    inputs: { conditions: 'properties.locked != true | reason: properties.why' },
    reasons: [
      'properties.locked is true, and properties.locked != true is wanted. Reason given: Freeze until Monday',
    ],
    label: 'Stopped: Checkout is locked',
  },
  {
    when: 'something has to be set, and is not',
    service: {},
    inputs: { conditions: 'properties.owner exists' },
    reasons: ['properties.owner is not set, and properties.owner exists is wanted.'],
    label: 'Stopped: Checkout has no owner',
  },
  {
    when: 'several conditions do not hold',
    service: { slo: 2, tags: ['a'] },
    inputs: { conditions: 'properties.slo < 2\nproperties.tags contains b\nproperties.owner in [shop, web]' },
    reasons: [
      'properties.slo is 2, and properties.slo < 2 is wanted.',
      'properties.tags is ["a"], and properties.tags contains b is wanted.',
      'properties.owner is not set, and properties.owner in [shop, web] is wanted.',
    ],
    label: 'Stopped: Checkout has slo 2, and 2 more',
  },
  {
    when: 'conditions hold by number, date, text, list and presence',
    service: { slo: 3, owner: 'shop', tags: ['a', 'b'] },
    inputs: {
      conditions: [
        'properties.slo >= 3',
        'properties.slo > 2.5',
        'createdAt < 2999-01-01',
        'title = Checkout',
        "properties.owner in [shop, 'web']",
        'properties.tags contains b',
        'properties.why missing',
      ].join('\r\n'),
    },
    reasons: [],
  },
  {
    when: 'nothing forbidden is there',
    service: {},
    incidents: [['Old one', 'closed']],
    inputs: { forbidEntities: openIncidents },
    reasons: [],
  },
  {
    when: 'all at once does not hold',
    service: { locked: true },
    incidents: [['Database down', 'open']],
    inputs: { ...level('>= Bronze'), conditions: 'properties.locked != true', forbidEntities: openIncidents },
    reasons: [
      `Scorecard Production readiness is at level Basic, and Bronze is wanted. Failing up to Bronze: ${ownerFails}.`,
      'properties.locked is true, and properties.locked != true is wanted.',
      'Open incidents: "Database down" URL/incidentEntity?identifier=i0',
    ],
    label: 'Stopped: Checkout is Basic in Production readiness, not Bronze, and 2 more',
  },
  {
    when: 'it is not in Port',
    inputs: { conditions: 'properties.locked != true' },
    reasons: [missing],
    label: 'Stopped: checkout is not in Port',
  },
  {
    when: 'it is not in Port, and that is no reason',
    inputs: { conditions: 'properties.locked = false', ifMissing: 'pass' },
    reasons: [],
  },
];

describe('PortGate decides', function () {
  this.timeout(30_000);
  let setting: GateSetting;
  beforeEach(async () => {
    setting = await startGateSetting();
  });
  afterEach(() => setting.close());

  const prepare = async ({ service, incidents = [] }: Case): Promise<void> => {
    if (service !== undefined) await setting.service(service);
    for (const [index, [title, status]] of incidents.entries())
      await setting.incident(`i${index}`, title, status);
  };
  const reasonsIn = (json: string | undefined) =>
    (JSON.parse(json ?? '[]') as { reason: string }[]).map(({ reason }) =>
      reason.replaceAll(setting.port.url, 'URL'),
    );

  for (const one of cases)
    for (const mode of ['enforce', 'warn', 'dryRun'])
      it(`${one.reasons.length === 0 ? 'pass' : 'stop'} in mode ${mode} where ${one.when}`, async () => {
        await prepare(one);
        const { result, message, outputs, host, summary } = await setting.run({
          ...asked,
          ...one.inputs,
          mode,
        });
        const isPass = one.reasons.length === 0;
        assert.equal(outputs.decision, isPass ? 'pass' : 'stop', message);
        assert.deepEqual(reasonsIn(outputs.reasons), one.reasons);
        const stopped = { enforce: 'Failed', warn: 'SucceededWithIssues', dryRun: 'Succeeded' }[mode];
        assert.equal(result, isPass ? 'Succeeded' : stopped);
        for (const reason of one.reasons)
          assert.ok(message.replaceAll(setting.port.url, 'URL').includes(`- ${reason}`), message);
        assert.equal(message.endsWith('[PORT_GATE]'), !isPass && mode !== 'dryRun');
        assert.equal(summary.includes('**stops**'), !isPass);
        assert.deepEqual(host.warnings, []);
      });

  for (const one of cases.filter(({ label }) => label !== undefined))
    it(`shows in the run in Port, with its label: ${one.label ?? ''}`, async () => {
      await prepare(one);
      await setting.addAction({ identifier: 'deploy' });
      const runId = await setting.user.execute('deploy', {});
      await setting.run({ ...asked, ...one.inputs, runId });
      const { status, statusLabel } = setting.port.store.run(runId);
      assert.deepEqual([status, statusLabel], ['IN_PROGRESS', one.label]);
      const [log] = setting.port.store.logsOf(runId);
      for (const reason of one.reasons)
        assert.ok(log?.message.replaceAll(setting.port.url, 'URL').includes(reason), log?.message);
    });

  it('stops, with a warning, where the run in Port cannot show it', async () => {
    await setting.service({ locked: true });
    await setting.addAction({ identifier: 'deploy' });
    const runId = await setting.user.execute('deploy', {});
    setting.port.faults.add({ match: { path: /runs/ }, fault: { kind: 'status', status: 500 } });
    const { result, message, host } = await setting.run({
      ...asked,
      conditions: 'properties.locked != true',
      runId,
    });
    assert.equal(result, 'Failed');
    assert.match(message, /\[PORT_GATE\]$/);
    assert.match(host.warnings.join(), /^The run in Port does not show the decision/);
  });

  it('makes three calls beside the sign-in for a scorecard, a condition and a search, and sends no include for scorecards', async () => {
    await setting.service(owned);
    const inputs = {
      ...level('>= Gold'),
      conditions: 'properties.locked != true',
      forbidEntities: openIncidents,
    };
    const { result, message } = await setting.run({ ...asked, ...inputs });
    assert.equal(result, 'Succeeded', message);
    assert.deepEqual(setting.calls(), [
      'GET /v1/blueprints/service/scorecards',
      'GET /v1/blueprints/service/entities/checkout',
      'POST /v1/blueprints/incident/entities/search',
    ]);
  });

  it('reads what the query finds of this entity alone, whatever its identifier holds', async () => {
    const identifier = String.raw`check\out:@=1/+.x`;
    await setting.addEntity('service', { identifier, properties: {} });
    await setting.addEntity('incident', {
      ...{ identifier: 'mine', title: 'Mine', properties: { status: 'open' } },
      relations: { service: identifier },
    });
    await setting.service({});
    await setting.incident('other', 'Of another', 'open');
    const { outputs } = await setting.run({ ...asked, identifier, forbidEntities: openIncidents });
    assert.match(outputs.reasons ?? '', /Mine/);
    assert.doesNotMatch(outputs.reasons ?? '', /Of another/);
  });
});
