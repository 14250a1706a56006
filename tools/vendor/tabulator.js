// What of Tabulator the table editor uses, as one module: nothing that asks for data, sums, groups, prints or makes files.
import {
  ClipboardModule, EditModule, ExportModule, FormatModule, FrozenColumnsModule, HistoryModule, InteractionModule,
  KeybindingsModule, ResizeColumnsModule, SelectRangeModule, Tabulator, ValidateModule,
} from "tabulator-tables";

Tabulator.registerModule([
  ClipboardModule, EditModule, ExportModule, FormatModule, FrozenColumnsModule, HistoryModule, InteractionModule,
  KeybindingsModule, ResizeColumnsModule, SelectRangeModule, ValidateModule,
]);

export { Tabulator };
