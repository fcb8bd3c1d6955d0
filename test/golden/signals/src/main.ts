import { app } from './app.js';
import { serve } from './platform/index.js';

await serve(app);
