namespace LifecycleAnalyzers.Tests.Callbacks;

/// <summary>The handler may stand in another file, another part, a base class; and it is found once.</summary>
public class PlaceTests
{
    [Fact]
    public void A_handler_in_another_file()
    {
        var found = Found.In(
            "class C { WireClient _c = new(); void M() { _c.Error += Handlers.OnError; _c.Closed += Handlers.OnClosed; } }",
            "static class Handlers { public static void OnError(object? s, EventArgs e) { } public static void OnClosed(object? s, EventArgs e) { } public static void OnOther(object? s, EventArgs e) { } }");
        Assert.Empty(found.Names(0));
        Assert.Equal(["OnError", "OnClosed"], found.Names(1));
        Assert.Equal("Test0.cs", found.All(1)[0].Subscription.SourceTree?.FilePath);
    }

    [Fact]
    public void A_handler_in_the_other_part_of_a_class()
    {
        var found = Found.In(
            "partial class C { WireClient _c = new(); C() { _c.Error += OnError; _ = new Timer(OnTick); } }",
            "partial class C { void OnError(object? s, EventArgs e) { } void OnTick(object? s) { } }");
        Assert.Empty(found.Names(0));
        Assert.Equal(["OnError", "OnTick"], found.Names(1));
    }

    [Fact]
    public void A_partial_method_is_found_where_its_code_is()
    {
        var found = Found.In(
            "partial class C { WireClient _c = new(); C() { _c.Error += OnError; } private partial void OnError(object? s, EventArgs e); }",
            "partial class C { private partial void OnError(object? s, EventArgs e) { } }");
        Assert.Empty(found.Names(0));
        Assert.Equal(["OnError"], found.Names(1));
    }

    [Fact]
    public void A_handler_in_the_base_class()
    {
        var found = Found.In(
            "class C : Base { WireClient _c = new(); C() { _c.Error += OnError; } }",
            "class Base { protected void OnError(object? s, EventArgs e) { } }");
        Assert.Equal(["OnError"], found.Names(1));
    }

    [Fact]
    public void The_event_calls_the_override()
    {
        var found = Found.In(
            "abstract class Base { protected WireClient _c = new(); protected Base() { _c.Error += OnError; _c.Closed += OnClosed; } protected abstract void OnError(object? s, EventArgs e); protected virtual void OnClosed(object? s, EventArgs e) { } }",
            "class Left : Base { protected override void OnError(object? s, EventArgs e) { } } class Right : Base { protected override void OnError(object? s, EventArgs e) { } protected override void OnClosed(object? s, EventArgs e) { } }");
        Assert.Equal(["OnClosed"], found.Names(0));
        Assert.Equal(["OnError", "OnError", "OnClosed"], found.Names(1));
    }

    [Fact]
    public void A_subscription_in_the_base_class_to_a_handler_of_an_interface()
    {
        var found = Found.In(
            "interface IHandles { void OnError(object? s, EventArgs e); } class C { WireClient _c = new(); C(IHandles handles) { _c.Error += handles.OnError; } }",
            "class Handler : IHandles { public void OnError(object? s, EventArgs e) { } }");
        Assert.Equal(["OnError"], found.Names(1));
    }

    [Fact]
    public void A_handler_that_is_subscribed_twice_is_found_once()
    {
        var found = Found.InClass("void M() { _c.Error += Handle; _c.Closed += Handle; }");
        Assert.Equal(["Handle"], found.Names());
    }

    [Fact]
    public void A_namesake_in_another_class_is_another_method()
    {
        var found = Found.In(
            "class C { WireClient _c = new(); void M() { _c.Error += OnError; } void OnError(object? s, EventArgs e) { } }",
            "class D { void OnError(object? s, EventArgs e) { } }");
        Assert.Equal(["OnError"], found.Names(0));
        Assert.Empty(found.Names(1));
    }

    [Fact]
    public void The_overload_that_fits_is_the_handler()
    {
        var found = Found.InClass("void M() { _c.Error += Handle; }");
        var handler = Assert.Single(found.All());
        Assert.Equal(2, ((Microsoft.CodeAnalysis.IMethodSymbol)handler.Function).Parameters.Length);
    }

    [Fact]
    public void Top_level_statements_subscribe_too()
    {
        var found = Found.In("""
            var client = new WireClient();
            client.Error += (_, _) => { };
            client.Closed += OnClosed;
            static void OnClosed(object? s, EventArgs e) { }
            """);
        Assert.Equal(["the handler", "OnClosed"], found.Names());
    }

    [Fact]
    public void A_field_initialiser_and_a_property_register_too()
    {
        var found = Found.InClass("""
            Timer _timer = new(_ => { });
            CancellationTokenRegistration Registered => CancellationToken.None.Register(() => { });
            """);
        Assert.Equal(["the handler", "the handler"], found.Names());
    }

    [Fact]
    public void A_generic_class_and_a_nested_one()
    {
        var found = Found.In("class Outer<T> { class Inner { WireClient _c = new(); void M() { _c.Error += On; _c.Closed += On<int>; } void On(object? s, EventArgs e) { } void On<U>(object? s, EventArgs e) { } } }");
        Assert.Equal(["On", "On"], found.Names());
    }
}
