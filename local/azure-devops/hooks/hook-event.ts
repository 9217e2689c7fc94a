import { runJson } from '../build-json.ts';
import type { JsonObject } from '../json.ts';
import type { Build } from '../model.ts';
import type { State } from '../state.ts';

/** An event before it is cut to what a subscriber asked for. */
export interface HookEvent {
  readonly id: string;
  readonly publisherId: string;
  readonly eventType: string;
  readonly resourceVersion: string;
  readonly message: string;
  readonly resource: JsonObject;
  /** What a subscription's filters are compared with, by input id. */
  readonly facts: Readonly<Record<string, string>>;
  /** `resourceContainers` has no project. */
  readonly hasNoProject?: boolean;
}

/** As filters have it. */
export const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** A run in the words of events, which also have its branch. */
export const runWithBranch = (state: State, build: Build): JsonObject => ({
  ...runJson(state, build),
  resources: { repositories: { self: { refName: build.request.sourceBranch } } },
});
