#:property RestorePackagesWithLockFile=false
// Compares the mutants that survived with those that tests/mutants.md lists as equivalent. Called by ./grid mutate:
//   survivors.cs SRC-FOLDER LIST whole|part REPORT...
using System.Text.Json;
using System.Text.RegularExpressions;

if (args is not [var src, var list, var extent, .. { Length: > 0 } reports]) throw new ArgumentException("survivors.cs SRC-FOLDER LIST whole|part REPORT...");

var found = reports.SelectMany(Read).ToList();
var tested = found.Select(mutant => mutant.File).ToHashSet();
var survived = found.Where(mutant => mutant.Status is "Survived" or "NoCoverage").ToList();
// A mutant is known by its text, not by its line, so that lines may move; two of one text are listed twice.
var listed = Listed().Where(entry => extent == "whole" || tested.Contains(entry.File)).ToList();
var unlisted = Without(survived.Select(mutant => (mutant.File, mutant.Change)), listed);
var stale = Without(listed, survived.Select(mutant => (mutant.File, mutant.Change)));

foreach (var (file, change) in unlisted) Console.Error.WriteLine($"✗ survived, but is not in {list}:  {file}  {change}");
foreach (var (file, change) in stale) Console.Error.WriteLine($"✗ is in {list}, but no longer survives:  {file}  {change}");
Console.WriteLine($"{found.Count} mutants in {tested.Count} files: {found.Count - survived.Count} killed, {survived.Count - unlisted.Count} equivalent as listed, {unlisted.Count} survived unlisted, {stale.Count} listed in vain");
return unlisted.Count + stale.Count == 0 ? 0 : 1;

IEnumerable<Mutant> Read(string report)
{
    using var json = JsonDocument.Parse(File.ReadAllBytes(report));
    foreach (var file in json.RootElement.GetProperty("files").EnumerateObject())
    {
        var lines = file.Value.GetProperty("source").GetString()!.Split('\n');
        foreach (var mutant in file.Value.GetProperty("mutants").EnumerateArray())
        {
            var status = mutant.GetProperty("status").GetString()!;
            if (status is "Ignored" or "CompileError") continue; // not tried: out of scope, or no program at all
            var (from, to) = (Place(mutant, "start"), Place(mutant, "end"));
            var text = string.Join('\n', lines[from.Line..(to.Line + 1)]);
            text = text[from.Column..^(lines[to.Line].Length - to.Column)];
            yield return new(Path.GetRelativePath(src, file.Name), $"`{OneLine(text)}` → `{OneLine(mutant.GetProperty("replacement").GetString()!)}`", status);
        }
    }
}

IEnumerable<(string File, string Change)> Listed()
{
    var file = "";
    foreach (var line in File.ReadLines(list))
    {
        if (line.StartsWith("## ", StringComparison.Ordinal)) file = line[3..].Trim();
        if (Regex.Match(line, "^- (`.*?` → `.*?`): .") is { Success: true } entry) yield return (file, entry.Groups[1].Value);
    }
}

static (int Line, int Column) Place(JsonElement mutant, string end)
{
    var place = mutant.GetProperty("location").GetProperty(end);
    return (place.GetProperty("line").GetInt32() - 1, place.GetProperty("column").GetInt32() - 1);
}

static List<(string File, string Change)> Without(IEnumerable<(string File, string Change)> all, IEnumerable<(string File, string Change)> some)
{
    var rest = all.ToList();
    foreach (var one in some) rest.Remove(one);
    return rest;
}

static string OneLine(string text) => Regex.Replace(text, @"\s+", " ").Trim();

internal sealed record Mutant(string File, string Change, string Status);
