/** Which host the page stands in. */

import type { Source } from "../api/source";
import type { Host } from "./host";
import { pageHost } from "./page";
import { tensorboardHost, tensorboardPage } from "./tensorboard";
import { tensorboardRuns } from "./tensorboard_runs";

/**
 * The host of the page in `own`, which TensorBoard's server has served: `source` is that server.
 */
export function hostOf(own: Window, source: Source): Host {
  const runs: Host["runs"] = (signal) => tensorboardRuns(source, signal);
  const page = tensorboardPage(own);
  return page ? tensorboardHost(own, page, runs) : pageHost(own, runs);
}
