import { redactorOf } from '../../tasks/common/text/redaction.ts';
import type { SubscriptionSettings } from '../azure/hook-types.ts';
import { openAzure } from '../azure/open.ts';
import { colors as pc } from '../colors.ts';
import type { CommandContext } from '../command-context.ts';
import { type Output, shown } from '../output.ts';
import { type CheckedSettings, checkRequest } from './check-request.ts';
import { type HookFlags, readPairs, readPairsFromEnvironment, requestBy } from './flags.ts';
import { type Decision, carryOut, decide, isTargetHidden } from './reconcile.ts';

/** What may be shown of the settings: neither what is confidential nor what came from the environment. */
function hideSecrets(
  { settings, confidential }: CheckedSettings,
  { inputEnv }: HookFlags,
): SubscriptionSettings {
  const fromEnvironment = Object.keys(readPairs(inputEnv, '--input-env')).map((id) => id.toLowerCase());
  const isHidden = (id: string): boolean =>
    confidential.has(id) || fromEnvironment.includes(id.toLowerCase());
  const inputs = Object.entries(settings.consumerInputs);
  return {
    ...settings,
    consumerInputs: Object.fromEntries(inputs.map(([id, value]) => [id, isHidden(id) ? '***' : value])),
  };
}

const actions = { create: 'created', keep: 'unchanged', repair: 'repaired' } as const;

function tell(
  output: Output,
  decision: Decision,
  { id, status, isDryRun }: { id: string; status: string; isDryRun: boolean },
): void {
  const done = isDryRun
    ? { create: 'would be created', keep: 'would stay', repair: 'would be repaired' }
    : actions;
  const color = decision.kind === 'keep' ? pc.dim : pc.green;
  output.line(`${color(done[decision.kind])}  ${id}  ${status}`.trimEnd());
  if (decision.kind === 'repair') for (const fault of decision.faults) output.line(`  ${shown(fault)}`);
}

/** What could not be compared, and what to do where it is otherwise than it was given. */
function tellNotCompared(output: Output, checked: CheckedSettings, decision: Decision): void {
  if (decision.kind === 'create') return;
  const { id } = decision.subscription;
  if (isTargetHidden(checked)) {
    output.progress(
      `The address of ${id} cannot be read back; it is taken for the one you gave. --new makes another one.`,
    );
  }
  if (decision.kind === 'repair' || decision.notCompared.length === 0) return;
  const [names, verb] = [decision.notCompared.join(', '), decision.notCompared.length > 1 ? 'are' : 'is'];
  output.progress(
    `${names} of ${id} ${verb} set already and cannot be compared with what you gave. --rewrite sends what you gave.`,
  );
}

export async function createHook(flags: HookFlags, { environment, output }: CommandContext): Promise<void> {
  const { azure } = await openAzure(flags, environment);
  const checked = await checkRequest(azure, await requestBy(azure, flags, environment));
  const decision: Decision =
    flags.new === true ? { kind: 'create' } : await decide(azure, checked, flags.rewrite === true);
  tellNotCompared(output, checked, decision);
  const faults = decision.kind === 'repair' ? decision.faults : [];
  const notCompared = decision.kind === 'keep' ? decision.notCompared : [];
  if (flags.dryRun === true) {
    const id = decision.kind === 'create' ? '' : decision.subscription.id;
    tell(output, decision, { id, status: '', isDryRun: true });
    if (!output.isJson) output.line(JSON.stringify(hideSecrets(checked, flags), undefined, 2));
    output.json({
      dryRun: true,
      action: decision.kind,
      id,
      faults,
      notCompared,
      subscription: hideSecrets(checked, flags),
    });
    return;
  }
  const { id, status, raw } = await carryOut(azure, checked.settings, decision);
  tell(output, decision, { id, status, isDryRun: false });
  // An address can be a secret too, and comes back in clear: what the environment gave is not shown.
  const redact = redactorOf(Object.values(readPairsFromEnvironment(flags.inputEnv, environment)));
  const subscription: unknown = JSON.parse(redact(JSON.stringify(raw)));
  output.json({ action: actions[decision.kind], id, status, faults, notCompared, subscription });
}
