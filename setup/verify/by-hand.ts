import type { Question } from './question.ts';

/** Questions that belong to no area of the APIs, and that no program can ask. */
export const byHandQuestions: readonly Question[] = [
  {
    id: 'smallest-agent',
    claim: 'Agents from 3.230.2 on run the tasks',
    matters:
      "[agents](agents-and-servers.md): the agent's sources say so, Microsoft's guide names a later one",
    ask: { why: 'it takes an agent of that version' },
  },
];
