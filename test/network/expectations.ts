import type { Expected } from './scenario.ts';

export const token = {
  call: 'POST token',
  method: 'POST',
  path: /\/access_token$/,
  repeat: 'safe',
  exceptions: { '401 once': { result: 'Failed', tries: 1 }, '401 for ever': { result: 'Failed', tries: 1 } },
} as const;

export const succeeded = (tries: Expected['tries'], state?: string): Expected => ({
  result: 'Succeeded',
  tries,
  ...(state !== undefined && { state }),
});

/** Whatever was done by a try whose answer was lost is found, and not sent again. */
export const found = {
  'reset after the request': succeeded(1),
  'cut body': succeeded(1),
  'empty 200': succeeded(1),
};

/** An answer that says nothing about what was done, and may come again: not to what must not be done twice. */
export const failedAt500 = {
  '500': { result: 'Failed', tries: 1 },
  '500 for ever': { result: 'Failed', tries: 1 },
} as const;

const notStarted: Expected = { result: 'Failed', tries: 1, code: 'PORT_ACTION' };

/** A start is sent again only where nothing can have taken it; else the step fails, and says that nobody knows. */
export const startedOnce = {
  ...found,
  'silence after the request': succeeded(1),
  '500': notStarted,
  '500 for ever': notStarted,
  '502': notStarted,
  'reset before the request': notStarted,
  'HTML with 200': notStarted,
  'HTML for ever': notStarted,
};

const outlasted: Expected = succeeded(2);

/** While a run is waited for, only a refusal ends the wait. */
export const waiting = { '500 for ever': succeeded(4), 'HTML for ever': succeeded(5), silence: outlasted };

/** The log that is not there when the run has ended is told, and not waited for. */
export const withoutShownLog = {
  '500 for ever': succeeded(4),
  'HTML for ever': { ...succeeded(4), isSilent: true },
  silence: { ...succeeded(1), isSilent: true },
};

/** The step goes on without the answer. */
export const withoutAnswer = {
  '500 for ever': succeeded({ atLeast: 2 }),
  '401 for ever': succeeded(2),
  silence: succeeded(1),
  'silence after the request': succeeded(1),
};

/** The step goes on without the log, with a warning. */
export const withoutLog = {
  '500': succeeded(1, 'SUCCESS, 0 log entries'),
  '500 for ever': succeeded(1, 'SUCCESS, 0 log entries'),
  'HTML for ever': succeeded(4, 'SUCCESS, 0 log entries'),
  '401 for ever': succeeded(2, 'SUCCESS, 0 log entries'),
  silence: succeeded(1, 'SUCCESS, 0 log entries'),
  'silence after the request': succeeded(1),
};

/** The same with an entry that was to end the run: it is sent without the end, where it is not there, and the end by itself. */
export const withoutLogAndEnd = {
  '500': succeeded(2),
  '500 for ever': succeeded(2, 'SUCCESS, 0 log entries'),
  'HTML for ever': succeeded(8, 'SUCCESS, 0 log entries'),
  '401 for ever': succeeded(4, 'SUCCESS, 0 log entries'),
  silence: succeeded(2, 'SUCCESS, 0 log entries'),
  'silence after the request': succeeded(1),
};

/** A call that fails for one of the things it carries is made in so many parts; what was done by a lost one is found. */
export const inParts = (parts: number): Readonly<Record<string, Expected>> => ({
  'HTML for ever': { result: 'Failed', tries: 4 * parts },
  '401 for ever': { result: 'Failed', tries: 2 * parts },
  silence: { result: 'Failed', tries: { atLeast: 2 } },
  'silence after the request': succeeded(1),
});

/** What is left of a lost call is deleted one by one. */
export const oneByOne = {
  ...found,
  '500': succeeded(1),
  '500 for ever': succeeded(1),
  '502': succeeded(1),
  '503 twice': succeeded(1),
  'reset before the request': succeeded(1),
  'HTML with 200': succeeded(1),
  'HTML for ever': succeeded(1),
};

/** Nobody can tell whether a node's log entry arrived; of two entries, the one whose answer was lost is not sent again. */
export const nodeLogs = {
  '429 with Retry-After': succeeded(3),
  '429 with reset': succeeded(3),
  '500': succeeded(2, 'SUCCESS, 1 log entry'),
  '500 for ever': succeeded(2, 'SUCCESS, 0 log entries'),
  '502': succeeded(2, 'SUCCESS, 1 log entry'),
  '503 twice': succeeded(2, 'SUCCESS, 0 log entries'),
  'reset before the request': succeeded(2, 'SUCCESS, 1 log entry'),
  'reset after the request': succeeded(2),
  'cut body': succeeded(2),
  'HTML with 200': succeeded(2, 'SUCCESS, 1 log entry'),
  'HTML for ever': succeeded(2, 'SUCCESS, 0 log entries'),
  'empty 200': succeeded(2),
  '401 once': succeeded(3),
  '401 for ever': succeeded(4, 'SUCCESS, 0 log entries'),
  silence: succeeded(2, 'SUCCESS, 0 log entries'),
  'silence after the request': succeeded(2),
};
