'use strict';

const { Spec } = require('mocha').reporters;

/** Mocha's spec reporter, and as the very last line `N passed, N failed`. */
module.exports = class CountingReporter extends Spec {
  epilogue() {
    super.epilogue();
    console.log(`${this.stats.passes} passed, ${this.stats.failures} failed`);
  }
};
