import type { ServiceProblem } from '../../service';

/** Something wrong with an expression; whoever has the expression knows the place. */
export type Finding = Omit<ServiceProblem, 'place'>;
