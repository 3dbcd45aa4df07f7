namespace Shared.Kernel;

/// <summary>A command or query that checks its own input before its handler runs.</summary>
public interface IValidated
{
    /// <summary>Names every broken rule; the handler runs only if there is none.</summary>
    void Validate(Rules rules);
}

/// <summary>Collects broken rules by field.</summary>
public sealed class Rules
{
    private readonly Dictionary<string, List<string>> _broken = [];

    /// <summary>The rule reads on from the field's name: <c>Require(x &gt; 0, "quantity", "must be above zero")</c>.</summary>
    public bool Require(bool holds, string field, string rule)
    {
        if (holds) return true;

        if (!_broken.TryGetValue(field, out var rules)) _broken[field] = rules = [];
        rules.Add(rule);
        return false;
    }

    /// <summary>Text that is there, within the length in characters, and free of control characters.</summary>
    public bool Text(string? value, string field, int most, int least = 1) =>
        Require(!string.IsNullOrWhiteSpace(value) || least == 0, field, "must be given")
        && Require((value ?? "").Length >= least && (value ?? "").Length <= most, field, least <= 1 ? $"must have at most {most} characters" : $"must have {least} to {most} characters")
        && Require(!(value ?? "").Any(char.IsControl), field, "must not contain control characters");

    /// <exception cref="InvalidException">A rule is broken.</exception>
    public void ThrowIfBroken()
    {
        if (_broken.Count > 0) throw new InvalidException(_broken.ToDictionary(rule => rule.Key, rule => rule.Value.ToArray()));
    }
}
