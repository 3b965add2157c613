using Consumer;

var plant = new Plant();
plant.Open("line 1").Tell("start");
Console.WriteLine(await new Quotes().GetAsync("ABC"));
