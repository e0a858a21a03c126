using System.Globalization;
using System.Text.Json;

// The summary as a table: station, lowest, mean, highest.
using JsonDocument summary = JsonDocument.Parse(File.ReadAllText(args[0]));
foreach (JsonElement station in summary.RootElement.EnumerateArray())
{
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{station.GetProperty("station").GetString(),-10}{station.GetProperty("lowest").GetDouble(),7:0.0}{station.GetProperty("mean").GetDouble(),7:0.0}{station.GetProperty("highest").GetDouble(),7:0.0}"));
}
