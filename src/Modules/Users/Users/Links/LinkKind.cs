namespace Users;

/// <summary>What a mailed link is for: the template of its mail, and the page that it leads to.</summary>
internal sealed record LinkKind(string Name, string Page, TimeSpan Lifetime)
{
    public static readonly LinkKind Confirm = new("confirm-email", "confirm-email", TimeSpan.FromDays(3));

    public static readonly LinkKind Reset = new("reset-password", "reset-password", TimeSpan.FromHours(1));

    public static readonly LinkKind Change = new("change-email", "confirm-email", TimeSpan.FromDays(1));

    private static readonly LinkKind[] s_all = [Confirm, Reset, Change];

    public static LinkKind Named(string name) => s_all.Single(kind => kind.Name == name);
}
