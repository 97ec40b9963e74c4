"""Clips of places: aurora, sunset, paper hills, rain at night, and lights in the dark."""

from kept.demo.drawing import ENLARGE, FPS, HEIGHT, HOLD, SIZE, WIDTH, cutout, gray, moving, rgb, still


def aurora() -> str:
    """Curtains of light over a ridge."""

    def curtain(k: int, height: float) -> str:
        middle = (
            f"({height}+0.09*sin(X/W*{4 + k}+T*{0.45 + 0.1 * k}+{k * 2})+0.04*sin(X/W*{11 + 2 * k}-T*{0.8 + k * 0.13}))"
        )
        rays = f"(0.62+0.38*sin(X/W*{34 + 7 * k}+4*sin(X/W*3+T*0.7+{k})))"
        return f"255*{rays}*(st(0,Y/H-{middle})*0+if(gt(ld(0),0),exp(-ld(0)*30),exp(ld(0)*{6 - k})))"

    light = moving("gbrp", "64x114", rgb(curtain(1, 0.30), curtain(0, 0.40), curtain(2, 0.52)))
    mix = "rr=0.42:rg=0.10:rb=0.04:gr=0.20:gg=0.80:gb=0.42:br=0.60:bg=0.42:bb=0.40"
    sky = still("gbrp", "27x48", rgb("8+14*Y/H", "8+17*Y/H", "26+20*Y/H"), f",{ENLARGE},format=gbrp{HOLD}")
    stars = still("gray", SIZE, gray("if(gt(random(1),0.9985),90+165*random(2),0)"), f",gblur=0.55,format=gbrp{HOLD}")
    ridge = "255*(Y-H*(0.80-0.05*sin(X/W*9+1)-0.03*sin(X/W*23+2)-0.012*sin(X/W*57)))/1.5"
    return (
        f"{light},colorchannelmixer={mix},{ENLARGE},format=gbrp[light];{sky}[sky];{stars}[stars];"
        f"[sky][stars]blend=all_mode=screen[night];[night][light]blend=all_mode=screen:shortest=1[air];"
        f"{still('gray', SIZE, gray(ridge))}[ridge];{cutout('0x04080e', SIZE, 'ridge')}[land];"
        f"[air][land]overlay=format=gbrp:shortest=1,format=yuv420p[v]"
    )


_HORIZON = 0.58


def sunset() -> str:
    """The sun above a moving sea, and its path on the water."""
    from_sun = f"(st(0,hypot(X-W/2,Y-H*{_HORIZON - 0.055}))*0)"
    sky = [
        f"lerp({top},{low},pow(Y/H/{_HORIZON},{curve}))+{from_sun}+if(lt(ld(0),39),{disc},{halo}*exp((39-ld(0))/{reach}))"
        for top, low, curve, disc, halo, reach in (
            (46, 255, 1.2, "255", 190, 42),
            (30, 128, 1.7, "120-0.5*ld(0)", 95, 35),
            (98, 92, 1.0, "10-0.8*ld(0)", 10, 30),
        )
    ]
    veil = "0.5*sin(X/W*2*PI+5*sin(Y/H*5))*sin(Y/H*21+2*sin(X/W*4*PI))+0.35*sin(X/W*6*PI+Y/H*40)-0.25"
    clouds = still("gray", "270x120", gray(f"255*({veil})"), f",gblur=3:steps=2,scale=1080:300{HOLD}")
    return (
        f"{still('gbrp', '270x480', rgb(*sky), f',{ENLARGE}{HOLD}')}[sky];{_sea()};"
        f"{clouds},scroll=h=0.0004,crop={WIDTH}:300[shape];color=0xffb28a:s={WIDTH}x300:r={FPS},format=gbrp[tint];"
        f"[tint][shape]alphamerge,colorchannelmixer=aa=0.45[clouds];[sky][clouds]overlay=0:60:format=gbrp:shortest=1[air];"
        f"[air][sea]overlay=0:{HEIGHT - _sea_height()}:format=gbrp:shortest=1,format=yuv420p[v]"
    )


def _sea_height() -> int:
    return int(HEIGHT * (1 - _HORIZON)) // 2 * 2


def _sea() -> str:
    """Waves seen from the shore, as a stream `[sea]`: a held gradient, waves that lighten and darken it, and glitter."""
    size = f"scale={WIDTH}:{_sea_height()}:flags=bicubic,format=gbrp"
    far = "(1/(0.06+Y/H))"
    swell = f"sin({far}*7+T*2.2+sin(X/W*6+T)*1.2)*sin(X/W*4.5*{far}+T*1.7+{far}*3)"
    wave = f"({swell}+0.5*sin({far}*17-T*3+X/W*20))"
    path = "exp(-pow((X/W-0.5)/(0.07+0.16*Y/H),2))"
    water = still("gbrp", "27x80", rgb("lerp(205,34,pow(Y/H,0.55))", "lerp(100,26,pow(Y/H,0.6))", "lerp(94,62,Y/H)"))
    moves = moving("gbrp", "96x72", rgb(f"128+12*{wave}", f"{path}*(90+125*max(0,{wave}))", "0"))
    return (
        f"{water},{size}{HOLD}[water];{moves},{size},extractplanes=r+g[r][g];[r]format=gray,format=gbrp[waves];"
        f"[water][waves]blend=all_mode=grainmerge:shortest=1[moved];"
        f"[g]format=gray,format=gbrp,colorchannelmixer=gg=0.5:bb=0.16[glitter];"
        f"[moved][glitter]blend=all_mode=addition:shortest=1[sea]"
    )


_PAPERS = ("7fb7be", "4f8a8b", "2d5f6e", "1b3f52", "0f2536")


def hills() -> str:
    """Hills cut from paper, passing at different speeds, before a setting sun."""
    sky = still(
        "gbrp", "54x96", rgb("lerp(255,250,Y/H)", "lerp(214,236,Y/H)", "lerp(165,214,Y/H)"), f",{ENLARGE}{HOLD}"
    )
    disc = still("gray", "200x200", gray("255*(92-hypot(X-100,Y-100))/1.5"))
    steps = [f"{sky}[sky];{disc}[disc];{cutout('0xfff6e0', '200x200', 'disc')}[sun]"]
    steps.append("[sky][sun]overlay=x='300-8*t':y='150+6*t':shortest=1[on0]")
    for number, paper in enumerate(_PAPERS):
        top = int(HEIGHT * (0.22 + 0.125 * number))
        steps.append(f"{_hill(number, paper, HEIGHT - top)}[hill{number}]")
        steps.append(f"[on{number}][hill{number}]overlay=0:{top}:shortest=1[on{number + 1}]")
    return ";".join(steps) + f";[on{len(_PAPERS)}]format=yuv420p[v]"


def _hill(number: int, paper: str, height: int) -> str:
    """One layer: the distance from its edge makes its shape, and the shadow that it throws on the layer behind."""
    turns = "X/W*2*PI"
    edge = f"70+34*sin({turns}*{1 + number % 2}+{number * 1.7})+20*sin({turns}*{3 + number}+{number})"
    edge += f"+7*sin({turns}*{7 + 2 * number})"
    if number >= 2:  # the nearer ones carry trees
        edge += f"-{10 + 4 * number}*abs(sin({turns}*{18 + 4 * number}))*pow(abs(sin({turns}*{2 + number})),2)"
    away = still("gray", f"1080x{height}", gray(f"128+(Y-({edge}))*3"))
    red, green, blue = (int(paper[at : at + 2], 16) for at in (0, 2, 4))
    tint = ":".join(f"{name}='if(gt(val,100),{value},0)'" for name, value in (("r", red), ("g", green), ("b", blue)))
    opacity = "if(gt(val,134),255,if(gt(val,122),(val-122)*21,val*0.45))"
    return (
        f"{away},split[shape{number}][mask{number}];[shape{number}]format=gbrp,lutrgb={tint}[tint{number}];"
        f"[mask{number}]lut=y='{opacity}'[opacity{number}];[tint{number}][opacity{number}]alphamerge{HOLD},"
        f"scroll=h={0.0004 * 1.9**number:.5f},crop={WIDTH}:{height}"
    )


def rain() -> str:
    """A street at night, out of focus, in the rain."""
    street = int(HEIGHT * 0.36) // 2 * 2
    sky = still("gbrp", "27x48", rgb("8+30*pow(Y/H,2)", "12+16*Y/H", "34+30*Y/H"))
    near, far = _lamps(64, 22, 3, 0.62, 0.0007), _lamps(32, 9, 9, 0.9, 0.0003)
    wet = f"scale=135:{street // 4},avgblur=sizeX=1:sizeY=12,scale={WIDTH}:{street}:flags=bicubic,eq=contrast=1.25"
    return (
        f"{sky},scale={WIDTH}:{HEIGHT - street}:flags=bicubic,format=gbrp{HOLD}[sky];{near}[near];{far}[far];"
        f"[far][near]blend=all_mode=screen,pad={WIDTH}:{HEIGHT - street}:0:{HEIGHT - street - 512},format=gbrp[lamps];"
        f"[sky][lamps]blend=all_mode=screen:shortest=1,split[city][mirror];"
        f"[mirror]crop={WIDTH}:{street}:0:{HEIGHT - 2 * street},vflip,{wet}[wet];[city]pad={WIDTH}:{HEIGHT}[dry];"
        f"[dry][wet]overlay=0:{HEIGHT - street}:format=gbrp,format=gbrp[scene];"
        f"{_drops(0.9994, 26, 40)},scroll=v=-0.052:h=0.002[drops1];{_drops(0.9990, 12, 20)},scroll=v=-0.034:h=0.0012[drops2];"
        f"[drops1][drops2]blend=all_mode=screen[drops];"
        f"[scene][drops]blend=all_mode=screen:all_opacity=0.5:shortest=1,format=yuv420p[v]"
    )


def _lamps(cell: int, radius: int, seed: int, bright: float, speed: float) -> str:
    """Discs of amber, red and teal light, one at most in each cell of a grid whose rows are shifted at random."""
    row = f"floor(Y/{cell})"
    along = f"(X+{cell}*mod(abs(sin({row}*91.7+{seed})*4375.5),1))"

    def chance(number: int) -> str:
        return f"mod(abs(sin(floor({along}/{cell})*{13 + number}+{row}*{78.2 + number}+{seed})*43758.5),1)"

    room = cell - 2 * radius - 2
    x = f"mod({along},{cell})-{radius + 1}-{room}*{chance(1)}"
    y = f"mod(Y,{cell})-{radius + 1}-{room}*{chance(2)}"
    disc = f"(st(0,hypot({x},{y}))*0+clip(({radius}-ld(0))/1.4,0,1)*(0.5+0.5*pow(ld(0)/{radius},2)))"
    light = f"{disc}*gt({chance(3)},0.42)*{bright}"
    amber_red_teal = ((255, 255, 70), (176, 64, 205), (84, 72, 220))
    colours = [f"{light}*if(lt({chance(4)},0.5),{a},if(lt({chance(4)},0.76),{r},{t}))" for a, r, t in amber_red_teal]
    return (
        f"{still('gbrp', '540x256', rgb(*colours))},scale=1080:512{HOLD},scroll=h={speed},crop={WIDTH}:512,format=gbrp"
    )


def _drops(sparse: float, length: int, bright: int) -> str:
    """Streaks of rain: scattered dots, drawn out."""
    stretch = f",avgblur=sizeX=1:sizeY={length},lut=y='clip(val*{bright},0,150)',format=gbrp{HOLD}"
    return still("gray", SIZE, gray(f"if(gt(random(1),{sparse}),255,0)"), stretch)


_ORBS = ("ff5e7e", "ffb347", "46e0d0", "8f7bff", "ff86f2", "6fd3ff")


def orbs() -> str:
    """Soft lights that drift past each other."""
    back = f"gradients=s=68x120:r={FPS}:c0=0x1a1147:c1=0x3b1d6e:c2=0x0c3a5e:c3=0x5b1452:n=4:speed=0.012:seed=5"
    steps = [f"{back},{ENLARGE}[on0]"]
    for number, colour in enumerate(_ORBS):
        soft = still("gray", "360x360", gray("255*pow(clip(1-hypot(X-180,Y-180)/178,0,1),1.4)"))
        x = f"90+{190 - 12 * number}*sin({0.5 + 0.11 * number:.2f}*t+{number * 1.9:.2f})"
        y = f"300+{330 - 20 * number}*cos({0.42 + 0.09 * number:.2f}*t+{number * 1.3:.2f})"
        steps.append(f"{soft}[soft{number}];{cutout('0x' + colour, '360x360', f'soft{number}')}[orb{number}]")
        steps.append(f"[on{number}][orb{number}]overlay=x='{x}':y='{y}':shortest=1[on{number + 1}]")
    return ";".join(steps) + f";[on{len(_ORBS)}]format=yuv420p[v]"
