import { GateError, isOutage, messageOf } from '../common/errors.ts';
import type { Outcome, TaskContext } from '../common/main.ts';
import { writeJsonFile } from '../common/outputs/json-array-file.ts';
import { temporaryFile } from '../common/outputs/temporary-file.ts';
import type { Budget } from '../common/port/client/budget.ts';
import type { PortClient } from '../common/port/client/client.ts';
import { entityPage } from '../common/port/pages.ts';
import { withPort } from '../common/port/session.ts';
import { oneLine } from '../common/text/plain-text.ts';
import { mostInFlight } from './decide/facts.ts';
import { type Decision, decide } from './decide/wait.ts';
import { type GateInputs, readInputs } from './inputs.ts';
import { GateOutputs, type Reason, decisionText, reasonsOf, showSummary } from './outputs.ts';
import { requireOwnInputs } from './read/overrides.ts';
import { reportToRun } from './run-report.ts';

/** PortGate: lets a deployment go on where Port says nothing against it. */
export async function run(context: TaskContext): Promise<Outcome> {
  const { host } = context;
  const outputs = new GateOutputs();
  try {
    requireOwnInputs(host);
    const inputs = readInputs(host);
    const connections = mostInFlight(inputs);
    const gate = async (port: PortClient, budget: Budget) => {
      try {
        let hasWaited = false;
        const onWait = async (waiting: Decision) => {
          hasWaited = true;
          await reportToRun(context, port, inputs, waitingReport(inputs, waiting));
        };
        const decision = await decide(context, { port, budget }, { inputs, onWait });
        budget.renew();
        return await conclude(context, port, { inputs, decision, outputs, hasWaited });
      } catch (error) {
        if (isOutage(error)) {
          outputs.decision = inputs.passesOnOutage ? 'pass' : 'stop';
          outputs.reasons = [outage(error)];
        }
        throw error;
      }
    };
    return await withPort(context, inputs, gate, { connections, isOpenedAhead: connections > 1 });
  } finally {
    outputs.set(host);
  }
}

const outage = (error: unknown): Reason => ({
  ...{ requirement: 'Port answers', found: 'no answer' },
  ...{ reason: messageOf(error), links: [] },
});

interface Ended {
  readonly inputs: GateInputs;
  readonly decision: Decision;
  readonly outputs: GateOutputs;
  /** Whether the run in Port may say that it waits. */
  readonly hasWaited: boolean;
}

/** @throws GateError where the deployment may not go on */
async function conclude(
  context: TaskContext,
  port: PortClient,
  { inputs, decision, outputs, hasWaited }: Ended,
): Promise<Outcome> {
  const { host } = context;
  const url = entityPage(port.connection.appUrl, inputs.blueprint, inputs.identifier);
  const reasons = reasonsOf(decision);
  const name = nameOf(inputs, decision);
  const { title, text } = words(inputs, { name, reasons, count: decision.checks.length, url });
  outputs.decision = decision.isPass ? 'pass' : 'stop';
  outputs.reasons = reasons;
  for (const { requirement, found, isMet } of decision.checks)
    host.info(`${isMet ? 'holds' : 'stops'}  ${oneLine(requirement)}  (${oneLine(found)})`);
  showSummary(context, inputs, { title, decision, url });
  if (!decision.isPass || hasWaited)
    await reportToRun(context, port, inputs, { log: text, label: labelOf(inputs, name, decision) });
  outputs.resultFile = inputs.resultFile ?? temporaryFile(host, 'port-gate-', 'gate.json');
  await writeJsonFile(context, outputs.resultFile, { decision: outputs.decision, checks: decision.checks });
  if (decision.isPass || inputs.mode === 'dryRun') return { result: 'Succeeded', message: text };
  if (inputs.mode === 'warn') return { result: 'SucceededWithIssues', message: text, code: 'PORT_GATE' };
  throw new GateError(text);
}

interface Told {
  readonly name: string;
  readonly reasons: readonly Reason[];
  readonly count: number;
  readonly url: string;
}

function words({ mode }: GateInputs, { name, reasons, count, url }: Told): { title: string; text: string } {
  if (reasons.length === 0) {
    const title = `${name} may be deployed`;
    const held = count === 1 ? '1 requirement holds' : `${count} requirements hold`;
    return { title, text: `${title}: ${held}. ${url}` };
  }
  const title = {
    enforce: `${name} may not be deployed`,
    warn: `${name} should not be deployed, and mode warn lets it pass`,
    dryRun: `${name} would not be deployed, if mode were not dryRun`,
  }[mode];
  return { title, text: `${decisionText(title, reasons)}\nIn Port: ${url}` };
}

function nameOf({ identifier }: GateInputs, { entity }: Decision): string {
  const title = entity?.title;
  return oneLine(typeof title === 'string' && title.trim() !== '' ? title : identifier, 60);
}

/** "Stopped: checkout is locked in prod, and 2 more". A mode that lets it pass leaves the run's label alone. */
function labelOf({ mode }: GateInputs, name: string, decision: Decision): string | undefined {
  if (decision.isPass) return `${name} may be deployed`;
  return mode === 'enforce' ? `Stopped: ${name} ${why(decision)}` : undefined;
}

function waitingReport(inputs: GateInputs, decision: Decision): { log: string; label: string } {
  const name = nameOf(inputs, decision);
  return {
    log: decisionText(`${name} waits to be deployed`, reasonsOf(decision)),
    label: `Waiting: ${name} ${why(decision)}`,
  };
}

function why({ checks }: Decision): string {
  const [first, ...others] = checks.filter(({ isMet }) => !isMet);
  return `${first?.label ?? ''}${others.length === 0 ? '' : `, and ${others.length} more`}`;
}
