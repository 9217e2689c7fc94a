import { callRules } from './call-rules.ts';
import type { Calls, Mistake } from './rule.ts';
import { scriptRules } from './script-rules.ts';

const rules = { ...callRules, ...scriptRules };

export const ruleNames: readonly string[] = Object.keys(rules);

/** The known mistakes of a pipeline, in the order of its lines. */
export const mistakesIn = (pipeline: Calls): Mistake[] =>
  Object.entries(rules)
    .flatMap(([rule, find]) => find(pipeline).map((mistake) => ({ rule, ...mistake })))
    .sort((left, right) => left.line - right.line);
