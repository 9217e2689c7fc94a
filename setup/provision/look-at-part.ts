import { BudgetError, NetworkError, PortApiError } from '../../tasks/common/errors.ts';
import { AzureRequestError, messageOf } from '../errors.ts';
import type { Finding, Part } from '../parts/part.ts';

/** No right to look, or no answer: says nothing about the part itself. */
function isNoAnswer(error: unknown): boolean {
  if (error instanceof AzureRequestError) return ![401, 203].includes(error.status);
  if (error instanceof PortApiError) return error.status !== 401;
  return error instanceof NetworkError || error instanceof BudgetError;
}

/** Looks at a part; what goes wrong on the way is a finding too. */
export async function lookAt(part: Part): Promise<Finding> {
  try {
    return await part.look();
  } catch (error) {
    const isFault = part.isFoundation === true && !isNoAnswer(error);
    return { state: isFault ? 'wrong' : 'unknown', details: [messageOf(error)] };
  }
}
