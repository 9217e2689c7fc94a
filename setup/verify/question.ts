import type { Lab } from './lab.ts';
import type { TraceKind } from './traces.ts';

/** What became of a question. */
export type Answer =
  /** What documents say is so. `evidence`: what was seen. */
  | { readonly answer: 'holds'; readonly evidence: string }
  | { readonly answer: 'differs'; readonly expected: string; readonly came: string }
  | { readonly answer: 'not asked'; readonly why: string };

/** How a program asks. */
export interface Probe {
  /** In one sentence, for the plan. */
  readonly does: string;
  /** What it makes for as long as it asks; empty where it only reads. */
  readonly makes: readonly TraceKind[];
  /** It reads a run of the probe pipeline, which a person starts. */
  readonly isOfPipeline?: boolean;
  /** What it throws is the reason why it could not ask. */
  ask(lab: Lab): Promise<Answer>;
}

/** Something that only a live Port or a live Azure DevOps can settle. */
export interface Question {
  /** For `--only`, the report and the documentation, such as `finished-run`. */
  readonly id: string;
  /** What documents say and the code expects: a sentence that holds or does not. Markdown. */
  readonly claim: string;
  /** What depends on it. Markdown, with links from `docs`. */
  readonly matters: string;
  /** A probe, or the reason why no program can ask. */
  readonly ask: Probe | { readonly why: string };
}

/** A question that a program asks. */
export type Asked = Question & { readonly ask: Probe };

export const isAsked = (question: Question): question is Asked => 'does' in question.ask;

export const holds = (evidence: string): Answer => ({ answer: 'holds', evidence });
export const differs = (expected: string, came: string): Answer => ({ answer: 'differs', expected, came });
export const notAsked = (why: string): Answer => ({ answer: 'not asked', why });

/** `holds` where what came is what was expected. */
export const compared = (expected: string, came: string): Answer =>
  came === expected ? holds(came) : differs(expected, came);
