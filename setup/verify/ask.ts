import { CanceledError } from '../../tasks/common/errors.ts';
import { messageOf } from '../errors.ts';
import type { Lab } from './lab.ts';
import { type Answer, type Asked, notAsked } from './question.ts';

/** A question with what became of it. */
export interface Answered {
  readonly question: Asked;
  readonly answer: Answer;
}

/** What a probe throws says why it could not ask. @throws CanceledError once the command is stopped */
async function askOne({ ask }: Asked, lab: Lab): Promise<Answer> {
  try {
    return await ask.ask(lab);
  } catch (error) {
    if (error instanceof CanceledError) throw error;
    return notAsked(messageOf(error));
  }
}

/** Asks one after another, each in a lab of its own, and tells each answer as it comes. @throws CanceledError once the command is stopped */
export async function askAll(
  questions: readonly Asked[],
  labOf: () => Lab,
  tell: (answered: Answered) => void,
): Promise<Answered[]> {
  const all: Answered[] = [];
  for (const question of questions) {
    const answered = { question, answer: await askOne(question, labOf()) };
    all.push(answered);
    tell(answered);
  }
  return all;
}
