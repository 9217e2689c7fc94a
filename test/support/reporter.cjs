'use strict';

const { Spec } = require('mocha').reporters;

/**
 * Mocha's spec reporter, and as the very last line `N passed, N failed`. A run that breaks off before its end counts as one
 * failure more, whatever code its process ends with.
 */
module.exports = class CountingReporter extends Spec {
  constructor(runner, options) {
    super(runner, options);
    let hasEnded = false;
    runner.once('end', () => {
      hasEnded = true;
    });
    process.once('exit', () => {
      if (!hasEnded) {
        Spec.list(this.failures);
        console.log('The run broke off before its end.');
        this.stats.failures += 1;
        process.exitCode = 1;
      }
      console.log(`${this.stats.passes} passed, ${this.stats.failures} failed`);
    });
  }
};
