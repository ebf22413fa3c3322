import { ensureVenv } from "../local/emulators/python";
import { cloudUp } from "../local/cloud";
import { findOrInstallEngine } from "../local/engine/engine";
import { functionCode, functionNames } from "../components/core/platform-function/bundle";
import type { Step } from "./ui/tasks";

/** What has to be there before anything is deployed, side by side: each a no-op when it is there already. */
export function preparation(options: { readonly engine: boolean; readonly cloud?: boolean }): readonly Step[] {
  return [
    ...(options.engine
      ? [
          {
            title: "Pulumi CLI",
            run: async (say: (line: string) => void) => {
              const engine = await findOrInstallEngine(say);
              return `${engine.version}, ${engine.how}`;
            },
          },
          {
            title: "functions",
            run: async () => {
              const names = functionNames();
              for (const name of names) functionCode(name, { architecture: "x86_64" });
              return `${names.length} bundled`;
            },
          },
        ]
      : []),
    options.cloud === false
      ? { title: "emulators", run: async (say) => ensureVenv(say) }
      : {
          title: "local cloud",
          run: async (say) => {
            const { cloud, started } = await cloudUp(say);
            return `${started ? "started" : "running"} on 127.0.0.1:${cloud.processes.ministack.port}`;
          },
        },
  ];
}
