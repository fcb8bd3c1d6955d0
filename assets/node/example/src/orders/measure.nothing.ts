import type { App } from '../platform/index.js';
import type { Order } from './order.js';

/** Where to measure what the business asks about orders, once observability is switched on. */
export function measureOrder(_app: App, _order: Order, _repeated: boolean): void {}
