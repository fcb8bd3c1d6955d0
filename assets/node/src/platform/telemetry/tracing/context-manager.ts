import { type Context, type ContextManager, ROOT_CONTEXT } from '@opentelemetry/api';
import { scopes } from '../scope.js';

/** Keeps OpenTelemetry's context in the scope of the request, so that one asynchronous storage carries both. */
export class ScopeContextManager implements ContextManager {
  active(): Context {
    return (scopes.getStore()?.trace as Context | undefined) ?? ROOT_CONTEXT;
  }

  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    context: Context,
    work: F,
    thisArg?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    const { requestId, suppressed } = scopes.getStore() ?? {};
    return scopes.run({ requestId, suppressed, trace: context }, () => work.apply(thisArg, args));
  }

  bind<T>(context: Context, target: T): T {
    if (typeof target !== 'function') return target;
    const manager = this;
    return function (this: never, ...args: never[]) {
      return manager.with(context, target as never, this, ...args);
    } as T;
  }

  enable(): this {
    return this;
  }

  disable(): this {
    return this;
  }
}
