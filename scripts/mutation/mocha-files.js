import { registerHooks } from 'node:module';

/** The mocha runner of StrykerJS 10.0.0 imports files of Mocha by the names that they had before Mocha 12: without `.cjs`. */
registerHooks({
  resolve(specifier, context, nextResolve) {
    const isOldName = /[\\/]mocha[\\/]lib[\\/]cli[\\/][a-z-]+$/.test(specifier);
    return nextResolve(isOldName ? `${specifier}.cjs` : specifier, context);
  },
});
