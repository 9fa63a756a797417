export { type AppDeps, type AppSettings, buildApp } from './build-app.js';
export { type IngressEnvironment, ingressEnvironment } from './config.js';
export { type RunningIngress, type StartOptions, startIngress } from './start-ingress.js';
