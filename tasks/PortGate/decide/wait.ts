import { isOutage, messageOf } from '../../common/errors.ts';
import type { TaskContext } from '../../common/main.ts';
import { allOf } from '../../common/parallel.ts';
import type { Budget } from '../../common/port/client/budget.ts';
import type { PortClient } from '../../common/port/client/client.ts';
import { listScorecards } from '../../common/port/scorecards.ts';
import { oneLine } from '../../common/text/plain-text.ts';
import type { GateInputs } from '../inputs.ts';
import type { Check } from './check.ts';
import { evaluate } from './evaluate.ts';
import { type Facts, areScorecardsAsked, takeLook } from './facts.ts';
import { requireScorecards } from './scorecard-checks.ts';

export interface Decision extends Pick<Facts, 'entity'> {
  readonly checks: readonly Check[];
  readonly isPass: boolean;
}

/** What is waited for is told this often, in ms, and when it changes. */
const toldEvery = 60_000;

/**
 * Looks, and looks again for as long as the inputs say, until every requirement holds. Definitions of scorecards are read once, beside
 * the first look: it is made in vain where they cannot be read, or lack what the inputs name.
 * @param onWait called where there is something to wait for, and whenever that changes
 */
export async function decide(
  { host, clock, signal }: TaskContext,
  { port, budget }: { port: PortClient; budget: Budget },
  { inputs, onWait }: { inputs: GateInputs; onWait: (decision: Decision) => Promise<void> },
): Promise<Decision> {
  const definitions = scorecardsFor(port, inputs);
  const deadline = clock.elapsed() + inputs.patience;
  let told = { reason: '', time: -Infinity };
  for (;;) {
    budget.renew();
    const left = deadline - clock.elapsed();
    const looking = takeLook(port, inputs).catch((error: unknown) => {
      // While it waits anyway, Port may come back.
      if (left <= 0 || !isOutage(error)) throw error;
      return messageOf(error);
    });
    const [scorecards, look] = await allOf([definitions, looking]);
    const decision = typeof look === 'string' ? look : decisionOf(port, inputs, { ...look, scorecards });
    const isDecided = typeof decision !== 'string';
    if (isDecided && (decision.isPass || left <= 0)) return decision;
    const reason = isDecided ? reasonsIn(decision) : decision;
    const hasChanged = reason !== told.reason;
    if (hasChanged || clock.elapsed() - told.time >= toldEvery) {
      told = { reason, time: clock.elapsed() };
      const minutes = Math.ceil(left / 60_000);
      host.info(`Waiting up to ${minutes} more ${minutes === 1 ? 'minute' : 'minutes'}. ${reason}`);
    }
    if (hasChanged && isDecided) await onWait(decision);
    await clock.sleep(Math.min(left, inputs.interval), signal);
  }
}

async function scorecardsFor(port: PortClient, inputs: GateInputs): Promise<Facts['scorecards']> {
  const scorecards = areScorecardsAsked(inputs) ? await listScorecards(port, inputs.blueprint) : [];
  requireScorecards(inputs, scorecards);
  return scorecards;
}

function decisionOf(port: PortClient, inputs: GateInputs, facts: Facts): Decision {
  const checks = evaluate(inputs, facts, port.connection.appUrl);
  return { checks, entity: facts.entity, isPass: checks.every(({ isMet }) => isMet) };
}

function reasonsIn({ checks }: Decision): string {
  return checks
    .filter(({ isMet }) => !isMet)
    .map(({ reason }) => oneLine(reason, 300))
    .join(' ');
}
