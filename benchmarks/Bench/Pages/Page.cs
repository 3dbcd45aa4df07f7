using System.Text;

namespace Bench;

/// <summary>A measurement as Markdown with a picture beside it.</summary>
internal static class Page
{
    // What is written by hand below the second mark, such as why a goal is missed, outlives the next run.
    private const string Begin = "<!-- From here to the next mark: written by the command below. -->", End = "<!-- From here on: written by hand. -->";

    public static void Write(Measurement measurement, string environment, string folder)
    {
        Directory.CreateDirectory(folder);
        var page = Path.Combine(folder, measurement.Name + ".md");
        var byHand = File.Exists(page) && File.ReadAllText(page).Split(End) is [_, var rest] ? rest : "\n";
        File.WriteAllText(page, $"# {measurement.Title}\n\n{Begin}\n{Body(measurement, environment)}\n{End}{byHand}");
        File.WriteAllText(Path.Combine(folder, measurement.Name + ".svg"), Chart.Draw(measurement));
        Console.WriteLine($"\n{Body(measurement, environment)}\nWritten to {page}.");
    }

    private static string Body(Measurement measurement, string environment)
    {
        var body = new StringBuilder($"\n{environment}\n\n");
        foreach (var setting in measurement.Settings) body.Append($"* {setting}\n");
        body.Append($"\n![{measurement.Title}]({measurement.Name}.svg)\n\n").Append(Table(measurement)).Append('\n');
        foreach (var goal in measurement.Goals) body.Append($"* {goal}\n");
        return body.Append(measurement.Details.Length > 0 ? "\n" + measurement.Details : "").ToString();
    }

    private static string Table(Measurement measurement)
    {
        var columns = measurement.Measures.SelectMany(measure => measure.Compared ? [measure.Name, "×"] : new[] { measure.Name }).Prepend("variant").ToArray();
        var table = new StringBuilder($"| {string.Join(" | ", columns)} |\n|{string.Concat(columns.Select((_, i) => i == 0 ? " --- |" : " ---: |"))}\n");
        foreach (var variant in measurement.Results.Variants)
        {
            table.Append($"| {variant} |");
            foreach (var measure in measurement.Measures)
            {
                table.Append($" {measurement.Results.Of(variant, measure)?.ToString() ?? "–"} |");
                if (measure.Compared) table.Append($" {(variant == measurement.Reference ? "1" : measurement.Results.Ratio(variant, measurement.Reference, measure)?.ToString() ?? "–")} |");
            }

            table.Append('\n');
        }

        return table.Append($"\nMedians of the rounds, in brackets the middle half of them; ×: a multiple of *{measurement.Reference}*, taken in each round.\n").ToString();
    }
}
