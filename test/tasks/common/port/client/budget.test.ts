import assert from 'node:assert/strict';
import { Budget } from '../../../../../tasks/common/port/client/budget.ts';

describe('A budget', () => {
  it('is used up as time passes, and begins anew where it is renewed', () => {
    let now = 5000;
    const budget = new Budget(1000, { elapsed: () => now });
    assert.equal(budget.left(), 1000);
    now += 400;
    assert.equal(budget.left(), 600);
    now += 900;
    assert.equal(budget.left(), -300);
    budget.renew();
    assert.equal(budget.left(), 1000);
  });
});
