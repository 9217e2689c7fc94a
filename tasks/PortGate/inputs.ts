import type { Host } from '../common/agent/host.ts';
import { outputFile } from '../common/inputs/file-inputs.ts';
import { InputReader } from '../common/inputs/input-reader.ts';
import { type RunId, checkRunIdDemand, readRunId } from '../common/inputs/run-id.ts';
import { type SharedInputs, readSharedInputs } from '../common/inputs/shared-inputs.ts';
import { requiredBlueprint, requiredIdentifier } from '../common/port/identifier-inputs.ts';
import { type Condition, readConditions } from './read/conditions.ts';
import { type Forbidden, readForbidden } from './read/forbidden.ts';
import { type LevelRequirement, type RuleRequirement, readLevels, readRules } from './read/requirements.ts';

/** What must hold. */
export interface Requirements {
  readonly blueprint: string;
  readonly identifier: string;
  readonly levels: readonly LevelRequirement[];
  readonly rules: readonly RuleRequirement[];
  readonly conditions: readonly Condition[];
  readonly forbidden: readonly Forbidden[];
  /** A scorecard that the entity does not have. */
  readonly ifNotEvaluated: 'stop' | 'pass';
  readonly ifMissing: 'stop' | 'pass';
}

export interface GateInputs extends SharedInputs, Requirements {
  readonly runId: RunId | undefined;
  readonly mode: 'enforce' | 'warn' | 'dryRun';
  /** How long to look again, in ms; 0: one look. */
  readonly patience: number;
  /** Between two looks, in ms. */
  readonly interval: number;
  readonly passesOnOutage: boolean;
  /** Absolute. */
  readonly resultFile: string | undefined;
}

/** @throws InputError with every problem of the inputs. */
export function readInputs(host: Host): GateInputs {
  const reader = new InputReader(host);
  const identifier = requiredIdentifier(reader, 'identifier');
  const inputs: GateInputs = {
    ...readSharedInputs(reader, host),
    runId: readRunId(reader, host),
    blueprint: requiredBlueprint(reader, 'blueprint'),
    identifier,
    levels: readLevels(reader, 'requireLevels'),
    rules: readRules(reader, 'requireRules'),
    conditions: readConditions(reader, 'conditions'),
    forbidden: readForbidden(reader, 'forbidEntities', identifier),
    mode: reader.choice('mode', ['enforce', 'warn', 'dryRun'], 'enforce'),
    patience: 60_000 * reader.wholeNumber('waitMinutes', 0, { min: 0, max: 10_080 }),
    interval: 1000 * reader.wholeNumber('pollSeconds', 30, { min: 2, max: 600 }),
    ifNotEvaluated: reader.choice('ifNotEvaluated', ['stop', 'pass'], 'stop'),
    ifMissing: reader.choice('ifMissing', ['stop', 'pass'], 'stop'),
    passesOnOutage: reader.choice('onOutage', ['fail', 'warn'], 'fail') === 'warn',
    resultFile: outputFile(reader, host, 'resultFile'),
  };
  checkRunIdDemand(reader, inputs.runId, 'the decision is then not shown in a run');
  const { levels, rules, conditions, forbidden } = inputs;
  const count = levels.length + rules.length + conditions.length + forbidden.length;
  if (count === 0 && reader.problems.length === 0) {
    reader.problem(
      'Inputs requireLevels, requireRules, conditions and forbidEntities are all empty. Set at least one of them: they say what must hold.',
    );
  }
  reader.finish();
  return inputs;
}
